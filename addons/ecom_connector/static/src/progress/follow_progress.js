import { onWillUnmount } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

const PAUSE_MS = 2000;

/** Reload a view's model while long work on a channel goes on, at most every two seconds. */
export function useProgress(reload) {
    const bus = useService("bus_service");
    let timer = null;
    const follow = () => {
        timer ??= setTimeout(async () => {
            timer = null;
            await reload();
        }, PAUSE_MS);
    };
    bus.subscribe("ecom.channel/progress", follow);
    onWillUnmount(() => {
        bus.unsubscribe("ecom.channel/progress", follow);
        clearTimeout(timer);
    });
}
