// What the pages do beyond links and forms; each works without it.
(() => {
    'use strict';

    // On a phone a row of a list is a card: what its numbers mean is taken along from the head.
    const label = () => document.querySelectorAll('table.cards').forEach(table => {
        const heads = [...table.querySelectorAll('thead th')].map(head => head.textContent.trim());
        table.querySelectorAll('tbody tr').forEach(row => [...row.children].forEach((cell, i) => { if (cell.matches('td.number, td.named')) { cell.dataset.head = heads[i]; } }));
    });
    label();

    // Live: when something changed anywhere, the parts of this page that show data are fetched anew. Never under somebody's hands.
    const live = () => document.querySelectorAll('[data-live]');
    const reached = 'a, button, summary';
    const changed = field => field.matches('select[multiple]') ? [...field.options].some(one => one.selected !== one.defaultSelected)
        : field.matches('select') ? field.selectedIndex !== Math.max(0, [...field.options].findIndex(one => one.defaultSelected))
        : field.matches('[type=checkbox], [type=radio]') ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
    const busy = part => (part.contains(document.activeElement) && document.activeElement.matches('input, select, textarea')) || part.querySelector('details[open]') !== null
        || part.querySelector('form[data-sent]') !== null || [...part.querySelectorAll('input:not([type=hidden]), select, textarea')].some(changed);
    let waiting = null, dirty = false;
    async function refresh() {
        waiting = null;
        if (document.hidden) { dirty = true; return; }
        dirty = false;
        const answer = await fetch(location.href, { headers: { 'X-Board': 'live' }, redirect: 'error' }).catch(() => null);
        if (!answer || !answer.ok) { return; }
        const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
        for (const part of live()) {
            const other = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
            if (!other || busy(part) || other.innerHTML === part.innerHTML) { continue; }
            const focused = part.contains(document.activeElement) ? [...part.querySelectorAll(reached)].indexOf(document.activeElement) : -1;
            part.innerHTML = other.innerHTML;
            label();
            if (focused >= 0) { part.querySelectorAll(reached)[focused]?.focus(); }
        }
    }
    const soon = () => { waiting ??= setTimeout(refresh, 700); };
    if (live().length > 0 && 'EventSource' in window) {
        const stream = new EventSource(`/board/live?after=${document.getElementById('main').dataset.newest}`);
        stream.onmessage = soon;
        document.addEventListener('visibilitychange', () => { if (!document.hidden && dirty) { soon(); } });
        window.addEventListener('pagehide', () => stream.close());
    }

    // A choice made with the mouse is sent at once. Who walks through the choices by the keyboard has not chosen yet: a button comes up beside, and Enter sends it too.
    document.documentElement.classList.add('script');
    let keyed = null;
    document.addEventListener('keydown', event => {
        if (!event.target.matches('select[data-submits]')) { return; }
        if (event.key === 'Enter' && keyed === event.target) { event.preventDefault(); event.target.form.requestSubmit(); }
        if (event.key !== 'Tab') { keyed = event.target; }
    });
    document.addEventListener('pointerdown', () => { keyed = null; });
    document.addEventListener('change', event => {
        if (!event.target.matches('[data-submits]')) { return; }
        if (keyed === event.target) { event.target.form.classList.add('keyed'); } else { event.target.form.requestSubmit(); }
    });
    document.addEventListener('submit', event => {
        const form = event.target;
        if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) { event.preventDefault(); return; }
        // A second click on the same button does nothing.
        if (form.dataset.sent) { event.preventDefault(); } else if (form.method === 'post') { form.dataset.sent = 'yes'; }
    });
    window.addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach(form => delete form.dataset.sent));

    // Keyboard first: j and k walk the rows, Enter opens, a letter presses the button that carries it.
    document.addEventListener('keydown', event => {
        if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches('input, select, textarea')) { return; }
        const rows = [...document.querySelectorAll('table[data-keys] tbody tr')];
        const at = rows.findIndex(row => row.contains(document.activeElement));
        if (event.key === 'j' || event.key === 'k') {
            const next = rows[Math.min(rows.length - 1, Math.max(0, at + (event.key === 'j' ? 1 : -1)))];
            next?.querySelector('a')?.focus();
            event.preventDefault();
            return;
        }
        const scope = at >= 0 ? rows[at] : document;
        const carries = `[data-key="${CSS.escape(event.key)}"]`;
        const target = scope.querySelector(carries) ?? document.querySelector(`a${carries}, .said ${carries}`);
        if (target) { target.focus(); target.click(); event.preventDefault(); }
    });
})();
