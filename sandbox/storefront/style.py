"""The look of the shop's pages, and the script that keeps them fresh."""

from __future__ import annotations

CSS = """
:root{--ink:#2b2733;--soft:#756f80;--line:#e9e3dc;--paper:#fffdfa;--back:#f7f2ec;--accent:#7c3f58;--accent2:#a85a7a;
--good:#2f7d5b;--warn:#b3721d;--bad:#b3403a;--blue:#2f5f9e}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
a{color:var(--accent)}
header{background:var(--paper);border-bottom:1px solid var(--line);position:sticky;top:0;z-index:2}
header .in{display:flex;align-items:center;gap:1.2rem;flex-wrap:wrap}
.in{max-width:1080px;margin:0 auto;padding:.8rem 1.2rem}
.brand{font:600 1.35rem/1.2 Georgia,"Times New Roman",serif;color:var(--accent);text-decoration:none}
.brand small{display:block;font:400 .78rem/1.3 system-ui,sans-serif;color:var(--soft)}
nav{margin-left:auto;display:flex;gap:1.1rem;align-items:center}
nav a{text-decoration:none}
h1,h2{font-family:Georgia,"Times New Roman",serif;font-weight:600;line-height:1.25}
h1{font-size:1.7rem;margin:.6rem 0 1rem}h2{font-size:1.2rem;margin:0 0 .8rem}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(225px,1fr));gap:1rem}
.card,.box{background:var(--paper);border:1px solid var(--line);border-radius:14px;padding:1rem}
.card{display:flex;flex-direction:column;gap:.4rem}
.pic{text-align:center;border-radius:10px;padding:.8rem 0}.pic svg{width:64px;height:64px;display:block;margin:auto}
.card h3{margin:.2rem 0 0;font-size:1rem;line-height:1.3}.sku{color:var(--soft);font-size:.78rem}
.row{display:flex;justify-content:space-between;align-items:baseline;gap:.5rem}
.price{font-weight:650;font-size:1.08rem}.stock{font-size:.84rem;color:var(--good)}.stock.out{color:var(--bad)}
.card form{margin-top:auto;display:flex;gap:.45rem;flex-wrap:wrap;padding-top:.4rem}
select,input,textarea{font:inherit;padding:.5rem .6rem;border:1px solid var(--line);border-radius:9px;
background:#fff;width:100%}
button,.button{font:inherit;font-weight:600;border:0;border-radius:9px;padding:.52rem .9rem;cursor:pointer;
background:var(--accent);
color:#fff;text-decoration:none;display:inline-block}
button:hover,.button:hover{background:var(--accent2)}
button.light{background:#f1e6ea;color:var(--accent)}button.light:hover{background:#e7d5dc}
.card button{flex:1 1 5rem;padding:.48rem .4rem;font-size:.92rem}.card select{flex-basis:100%}
table{border-collapse:collapse;width:100%}td,th{padding:.5rem .4rem;text-align:left;border-bottom:1px solid var(--line)}
th{font-size:.82rem;color:var(--soft);font-weight:600}td.n,th.n{text-align:right;white-space:nowrap}
tr:last-child td{border-bottom:0}
.status{display:inline-block;padding:.14rem .6rem;border-radius:99px;font-size:.83rem;font-weight:600;
background:#eee;white-space:nowrap}
.s-processing{background:#e3edf9;color:var(--blue)}.s-completed{background:#e0f1e8;color:var(--good)}
.s-pending,.s-on-hold{background:#faeedb;color:var(--warn)}
.s-cancelled,.s-failed,.s-trash{background:#f7e2e0;color:var(--bad)}
.s-refunded{background:#ece5f5;color:#6b479c}
.two{display:grid;grid-template-columns:2fr 1fr;gap:1rem;align-items:start}
.fields{display:grid;grid-template-columns:1fr 1fr;gap:.8rem}
.fields .wide{grid-column:1/-1}label{font-size:.86rem;color:var(--soft);display:block}
label span{display:block;margin-bottom:.15rem}
.radio{display:flex;gap:.55rem;align-items:center;color:var(--ink);font-size:.97rem;padding:.25rem 0}
.radio input{width:auto}
.box+.box,#order-live+.box{margin-top:1rem}.actions{display:flex;gap:.5rem;flex-wrap:wrap}.muted{color:var(--soft);font-size:.9rem}
.twisted{display:grid;grid-template-columns:repeat(auto-fill,minmax(230px,1fr));gap:.9rem}
.twisted button{width:100%;margin-bottom:.2rem}.twisted span{display:block;font-size:.82rem;line-height:1.35}
.error{background:#f7e2e0;color:var(--bad);padding:.7rem 1rem;border-radius:10px;margin-bottom:1rem}
ul.plain{list-style:none;margin:0;padding:0}ul.plain li{padding:.4rem 0;border-bottom:1px solid var(--line)}
ul.plain li:last-child{border:0}
section{margin-bottom:2rem;scroll-margin-top:6rem}.flash{animation:flash 1.2s}@keyframes flash{from{background:#fff1b8}
to{background:transparent}}
@media(max-width:760px){.two,.fields{grid-template-columns:1fr}.hide{display:none}.in{padding:.7rem .9rem}
nav{margin-left:0;width:100%}}
"""

# Fetches the live parts of the page once a second and swaps those that changed.
SCRIPT = """
(function(){
  var last = {};
  function swap(id, html){
    var node = document.getElementById(id);
    if(!node || last[id] === html) return;
    var first = !(id in last);
    last[id] = html;
    if(first && node.innerHTML === html) return;
    node.innerHTML = html;
    if(!first){ node.classList.remove('flash'); void node.offsetWidth; node.classList.add('flash'); }
  }
  function tick(){
    fetch(document.body.dataset.live, {cache: 'no-store'}).then(function(r){ return r.ok ? r.json() : {}; })
      .then(function(parts){ Object.keys(parts).forEach(function(id){ swap(id, parts[id]); }); })
      .catch(function(){}).then(function(){ setTimeout(tick, 1000); });
  }
  if(document.body.dataset.live) tick();
  document.addEventListener('change', function(event){
    if(event.target.matches('select[data-stock]')){
      var option = event.target.selectedOptions[0], card = event.target.closest('.card');
      card.querySelector('.price').textContent = option.dataset.price;
      card.querySelector('.stock').id = 'stock-' + option.value;
      delete last['stock-' + option.value];
    }
  });
})();
"""
