/** What a browser can print by itself; labels for label printers (ZPL, EPL) are downloaded for their own program. */
const PRINTABLE = /^(application\/pdf|image\/)/;

/** Print the files of a label, one frame for each. */
export function printFiles(files) {
    for (const file of files) {
        if (PRINTABLE.test(file.kind)) {
            const frame = document.createElement("iframe");
            frame.className = "d-none o_ecom_station_print";
            frame.src = `/web/content/${file.id}`;
            frame.addEventListener("load", () => {
                try {
                    frame.contentWindow.print();
                } catch {
                    window.open(frame.src, "_blank");
                }
            });
            document.body.append(frame);
            // The print dialog keeps its own copy; a frame that went too early prints nothing.
            setTimeout(() => frame.remove(), 60_000);
        } else {
            const link = document.createElement("a");
            link.href = `/web/content/${file.id}?download=true`;
            link.download = file.name;
            link.click();
        }
    }
}
