using System.Text.Json;
using Matching.Api.Plumbing.Http;
using Matching.Engine;

namespace Matching.Api.Labels;

public sealed record ShowLabelsRequest;

/// <summary>What the values that answers name are called.</summary>
/// <param name="Language">The language of the labels.</param>
/// <param name="Languages">Those that there are, to choose from with Accept-Language.</param>
/// <param name="Labels">By the name of the kind of value and the value, both as in answers and their description: orderState, ready. Under rule stand the hard rules, by their codes.</param>
public sealed record LabelsResponse(
    string Language, IReadOnlyList<LanguageOnWire> Languages, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Labels);

/// <summary>A language of the service.</summary>
/// <param name="Tag">As in Accept-Language.</param>
/// <param name="Name">What it calls itself.</param>
public sealed record LanguageOnWire(string Tag, string Name);

/// <summary>What a program writes on its buttons and lists for every value that answers name, in the language of Accept-Language.</summary>
public sealed class ShowLabels(Languages languages) : Endpoint<ShowLabelsRequest, LabelsResponse>
{
    public override void Configure()
    {
        Get("/labels");
        AllowAnyone();
    }

    protected override Task<Outcome<LabelsResponse>> RunAsync(ShowLabelsRequest request, CancellationToken ct)
    {
        var language = Languages.Of(Web.Request);
        var labels = Kinds.All.ToDictionary(
            kind => Word(kind.Name),
            IReadOnlyDictionary<string, string> (kind) => Enum.GetNames(kind).ToDictionary(Word, value => language.Find($"{kind.Name}.{value}") ?? value));
        // Answers name rules by their codes, as in the reasons why nobody came.
        labels["rule"] = HardRules.InOrder.ToDictionary(rule => rule.Code(), language.Of);
        return Task.FromResult<Outcome<LabelsResponse>>(new LabelsResponse(
            language.Tag, [.. languages.All.Select(one => new LanguageOnWire(one.Tag, one.Name))], labels));
    }

    private static string Word(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}
