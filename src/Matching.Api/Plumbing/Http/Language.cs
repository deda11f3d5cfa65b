using System.Collections.Frozen;
using System.Globalization;
using Matching.Engine;

namespace Matching.Api.Plumbing.Http;

/// <summary>
/// One language: its words by their keys, and the language that speaks where a word is missing. A refusal's sentence stands under <c>refusal.</c> and its code, an
/// enum's value under the names of both (<c>OrderState.Ready</c>), what a notice says under <c>notice.</c> and its topic.
/// </summary>
public sealed class Language
{
    private readonly FrozenDictionary<string, string> _own;
    private readonly Language? _fallback;

    /// <param name="tag">As in Accept-Language.</param>
    /// <param name="own">What it says itself.</param>
    /// <param name="fallback">Null: it has every word.</param>
    public Language(string tag, IReadOnlyDictionary<string, string> own, Language? fallback)
    {
        (Tag, _own, _fallback) = (tag, own.ToFrozenDictionary(), fallback);
    }

    public string Tag { get; }

    /// <summary>Whether what people have written in two languages (a menu) is shown in English.</summary>
    public bool English => _fallback?.English ?? Tag == Languages.EnglishTag;

    /// <summary>What it calls itself.</summary>
    public string Name => Find("language.name") ?? Tag;

    /// <summary>The keys of its own words.</summary>
    public IEnumerable<string> Keys => _own.Keys;

    public string? Find(string key) => _own.TryGetValue(key, out var word) ? word : _fallback?.Find(key);

    /// <summary>The language in which a word stands: itself, or the one that speaks for it.</summary>
    public string TagOf(string key) => _fallback is null || _own.ContainsKey(key) ? Tag : _fallback.TagOf(key);

    public string Of(Refusal refusal) => Find(KeyOf(refusal)) ?? (English ? refusal.En : refusal.Zh);

    public string Of(HardRule rule) => Find($"{nameof(HardRule)}.{rule}") ?? (English ? rule.En() : rule.Zh());

    public static string KeyOf(Refusal refusal) => "refusal." + refusal.Code;
}
