using System.Collections.Frozen;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Matching.Engine;
using Microsoft.Net.Http.Headers;

namespace Matching.Api.Plumbing.Http;

/// <summary>
/// The languages that the service speaks. zh-CN, the first, and en stand in the program; each further one is a file, named by its tag, in the folder that
/// <c>Languages:Folder</c> names or in <c>languages</c> beside the program.
/// </summary>
public sealed partial class Languages
{
    public const string ChineseTag = "zh-CN";
    public const string EnglishTag = "en";

    /// <summary>Under which a file names the language that speaks where a word is missing.</summary>
    public const string FallbackKey = "language.fallback";

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The two that every word stands in.</summary>
    public static readonly Languages BuiltIn = new([Own(ChineseTag), Own(EnglishTag)]);

    private readonly FrozenDictionary<string, Language> _byTag;

    private Languages(IReadOnlyList<Language> all) => (All, _byTag) = (all, all.ToFrozenDictionary(language => language.Tag, StringComparer.OrdinalIgnoreCase));

    /// <summary>zh-CN first.</summary>
    public IReadOnlyList<Language> All { get; }

    public Language First => All[0];

    public static void AddTo(WebApplicationBuilder builder)
    {
        var folder = builder.Configuration["Languages:Folder"] is { Length: > 0 } named ? named : Path.Combine(AppContext.BaseDirectory, "languages");
        builder.Services.AddSingleton(Read(folder));
    }

    /// <summary>The built-in ones and those of a folder. A file that cannot be read stops the start: people would read the wrong language and nobody know why.</summary>
    public static Languages Read(string folder)
    {
        var files = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).ToList() : [];
        return files.Count == 0 ? BuiltIn : new Languages([.. BuiltIn.All, .. files.Select(FromFile)]);
    }

    /// <summary>The language that a caller wants most of those there are (RFC 4647, lookup); zh-CN when it wants none of them.</summary>
    public static Language Of(HttpRequest request) =>
        (request.HttpContext.RequestServices?.GetService<Languages>() ?? BuiltIn).Best(request.GetTypedHeaders().AcceptLanguage);

    /// <summary>Whether what people have written in two languages is to be shown in English.</summary>
    public static bool WantsEnglish(HttpRequest request) => Of(request).English;

    public Language? Find(string? tag) => tag is not null && _byTag.TryGetValue(tag, out var language) ? language : null;

    /// <summary>Everything that a file of a further language may say, as it is said in one of the built-in ones.</summary>
    public static string Template(Language language) => JsonSerializer.Serialize(
        language.Keys.Append(FallbackKey).Order(StringComparer.Ordinal).ToDictionary(key => key, key => key == FallbackKey ? language.Tag : language.Find(key)), Readable);

    private Language Best(IList<StringWithQualityHeaderValue> wanted)
    {
        foreach (var one in wanted.Where(one => one.Quality is not 0).OrderByDescending(one => one.Quality ?? 1))
        {
            // zh-Hans-CN, zh-Hans, zh: the last is any Chinese.
            for (var tag = one.Value.Value ?? ""; tag.Length > 0; tag = tag.LastIndexOf('-') is > 0 and var end ? tag[..end] : "")
            {
                if (_byTag.TryGetValue(tag, out var exact))
                {
                    return exact;
                }

                if (!tag.Contains('-') && All.FirstOrDefault(language => language.Tag.StartsWith(tag + "-", StringComparison.OrdinalIgnoreCase)) is { } near)
                {
                    return near;
                }
            }
        }

        return First;
    }

    private static Language Own(string tag)
    {
        var words = Resource($"board/words.{tag}.json").Concat(Resource($"languages/{tag}.json"))
            .Concat(Refusals.ByCode.Values.Select(refusal => KeyValuePair.Create(Language.KeyOf(refusal), tag == EnglishTag ? refusal.En : refusal.Zh)))
            .Concat(Enum.GetValues<HardRule>().Select(rule => KeyValuePair.Create($"{nameof(HardRule)}.{rule}", tag == EnglishTag ? rule.En() : rule.Zh())));
        return new Language(tag, new Dictionary<string, string>(words), null);
    }

    private static Dictionary<string, string> Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        return JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!;
    }

    private static Language FromFile(string file)
    {
        var tag = Path.GetFileNameWithoutExtension(file);
        try
        {
            if (!Tag().IsMatch(tag) || BuiltIn.Find(tag) is not null)
            {
                throw new JsonException("Its name is not the tag of a further language.");
            }

            var words = JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(file)) ?? [];
            var fallback = words.GetValueOrDefault(FallbackKey, ChineseTag);
            return new Language(tag, words, BuiltIn.Find(fallback) ?? throw new JsonException($"{FallbackKey} is {fallback}; it takes {ChineseTag} or {EnglishTag}."));
        }
        catch (JsonException problem)
        {
            throw new InvalidOperationException($"{file} is not a file of a language: {problem.Message}", problem);
        }
    }

    [GeneratedRegex("^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
    private static partial Regex Tag();
}
