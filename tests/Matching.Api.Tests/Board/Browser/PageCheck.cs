using System.Text.Json.Nodes;

namespace Matching.Api.Tests.Board.Browser;

/// <summary>What can be checked of a page without eyes: contrast by WCAG 2.1 AA, names for a screen reader, nothing wider than the screen, no key instead of a word.</summary>
public static class PageCheck
{
    // The colour behind a text is the first opaque one around it. Disabled fields and what only a screen reader meets are left out, as WCAG does.
    private const string Script =
        """
        (() => {
            const wrong = [];
            const say = (what, element) => wrong.push(what + ': ' + (element.outerHTML ?? '').slice(0, 160));
            const parse = colour => { const n = (colour.match(/[\d.]+/g) ?? []).map(Number); const srgb = colour.startsWith('color(') ? n.slice(0, 3).map(v => v * 255) : n.slice(0, 3); return { rgb: srgb, alpha: n.length > 3 ? n[3] : 1 }; };
            const over = (top, under) => top.rgb.map((v, i) => v * top.alpha + under[i] * (1 - top.alpha));
            const light = rgb => { const c = rgb.map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]; };
            const behind = element => { const layers = []; for (let e = element; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.alpha > 0) { layers.push(c); if (c.alpha === 1) { break; } } }
                return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255]); };
            const seen = element => { const box = element.getBoundingClientRect(); const style = getComputedStyle(element); return box.width > 1 && box.height > 1 && style.visibility === 'visible' && element.checkVisibility(); };

            const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            const checked = new Set();
            while (texts.nextNode()) {
                const element = texts.currentNode.parentElement;
                if (!texts.currentNode.data.trim() || checked.has(element) || !seen(element) || element.closest('script, style, option, :disabled, .out, svg')) { continue; }
                checked.add(element);
                const style = getComputedStyle(element), under = behind(element), ink = over(parse(style.color), under);
                const [a, b] = [light(ink), light(under)].sort((x, y) => y - x), ratio = (a + 0.05) / (b + 0.05);
                const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
                if (ratio < (large ? 3 : 4.5)) { say(`contrast ${ratio.toFixed(2)}`, element); }
            }

            const named = element => (element.getAttribute('aria-label') || element.getAttribute('aria-labelledby') || element.title || element.innerText || element.textContent || '').trim();
            document.querySelectorAll('a, button, summary').forEach(e => { if (!named(e)) { say('no name', e); } });
            document.querySelectorAll('input:not([type=hidden]), select, textarea').forEach(e => { if (![...(e.labels ?? [])].some(l => l.textContent.trim()) && !e.getAttribute('aria-label')) { say('no label', e); } });
            document.querySelectorAll('svg').forEach(e => { if (e.getAttribute('aria-hidden') !== 'true' && !(e.getAttribute('role') === 'img' && (e.getAttribute('aria-label') || e.querySelector('title')))) { say('a drawing without a name', e); } });
            document.querySelectorAll('meter').forEach(e => { if (!e.title && !e.getAttribute('aria-label') && !e.labels.length) { say('a meter without a name', e); } });
            document.querySelectorAll('th').forEach(e => { if (!e.scope) { say('a head of nothing', e); } });
            document.querySelectorAll('table').forEach(e => { if (!e.querySelector('th')) { say('a table without heads', e); } });
            const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
            ids.filter((id, i) => ids.indexOf(id) !== i).forEach(id => wrong.push('twice the id ' + id));
            if (document.querySelectorAll('h1').length !== 1) { wrong.push('h1 ' + document.querySelectorAll('h1').length + ' times'); }
            if (!document.documentElement.lang || !document.title) { wrong.push('no language or title'); }
            if (!document.querySelector('main')) { wrong.push('no main'); }
            if (document.documentElement.scrollWidth > innerWidth) { wrong.push(`wider than the screen: ${document.documentElement.scrollWidth} > ${innerWidth}`); }
            document.querySelectorAll('td, th, dd, b, h1, h2, button, a, span, summary, p').forEach(e => { const s = getComputedStyle(e);
                if (seen(e) && s.overflow === 'hidden' && e.scrollWidth > e.clientWidth + 1 && !e.closest('.out, .skip')) { say('cut off', e); } });
            if (document.body.innerText.includes('⟦')) { wrong.push('a key instead of a word: ' + document.body.innerText.match(/⟦[^⟧]*⟧/)[0]); }
            return wrong;
        })()
        """;

    public static async Task<IReadOnlyList<string>> WrongAsync(Tab tab) => [.. ((JsonArray)(await tab.EvaluateAsync(Script))!).Select(line => (string)line!)];
}
