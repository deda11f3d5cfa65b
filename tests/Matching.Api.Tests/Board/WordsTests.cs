using System.Text.Json;
using System.Text.RegularExpressions;
using Matching.Accounts;
using Matching.Assignments;
using Matching.Api.Board;
using Matching.Engine;
using Matching.Orders;
using Matching.Offers;
using Matching.Sites;
using Matching.Wishes;

namespace Matching.Api.Tests.Board;

/// <summary>No page shows a key instead of a word, in any language.</summary>
public partial class WordsTests
{
    private static readonly IReadOnlyDictionary<string, string> Chinese = Read("zh-CN");
    private static readonly IReadOnlyDictionary<string, string> English = Read("en");

    // Words that the API has for everybody; no key stands in both.
    private static readonly IReadOnlyDictionary<string, string> Labels =
        JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(Repository.PathOf("src", "Matching.Api", "Labels", "Assets", "zh-CN.json")))!;

    private static readonly Type[] Shown =
    [
        typeof(Role), typeof(Urgency), typeof(Risk), typeof(DispatchMode), typeof(SiteKind), typeof(WishState), typeof(OrderState), typeof(SoftFactor),
        typeof(OrderAction), typeof(AssignmentState), typeof(OfferState), typeof(Matching.Policies.FirstOffer), typeof(Matching.Volunteers.TeamCategory),
        typeof(Matching.Volunteers.VolunteerStatus), typeof(Api.Orders.OrderStep), typeof(Api.Operations.DueKind), typeof(Api.Webhooks.WebhookState), typeof(Matching.Messages.Carrier),
    ];

    [Test]
    public void Every_word_stands_in_both_languages() => Assert.That(English.Keys, Is.EquivalentTo(Chinese.Keys));

    [Test]
    public void Every_word_has_as_many_gaps_in_one_language_as_in_the_other() => Assert.That(
        Chinese.Keys.Where(key => Gap().Matches(Chinese[key]).Select(gap => gap.Value).Distinct().Count() != Gap().Matches(English[key]).Select(gap => gap.Value).Distinct().Count()),
        Is.Empty);

    [TestCaseSource(nameof(Shown))]
    public void Every_value_that_is_shown_has_a_word(Type type) => Assert.That(
        Enum.GetNames(type).Select(name => $"{type.Name}.{name}").Where(key => !Chinese.ContainsKey(key) && !Labels.ContainsKey(key)), Is.Empty);

    [Test]
    public void Every_key_on_a_page_has_a_word_and_every_word_is_on_a_page()
    {
        var pages = string.Join('\n', Directory.EnumerateFiles(Repository.PathOf("src", "Matching.Api", "Board"), "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".razor" or ".cs").Select(File.ReadAllText));
        var asked = Quoted().Matches(pages).Select(match => match.Groups[1].Value).Concat(Figures()).Distinct().ToList();
        var families = Chinese.Keys.Select(key => key.Split('.')[0]).Where(family => char.IsLower(family[0])).Distinct().ToList();
        Assert.That(asked.Where(key => families.Contains(key.Split('.')[0]) && !Chinese.Keys.Contains(key) && !NoWord.IsMatch(key)), Is.Empty, "asked for and missing");
        Assert.That(Chinese.Keys.Where(key => char.IsLower(key[0]) && !asked.Contains(key)), Is.Empty, "kept and not asked for");
    }

    [Test]
    public void Every_deed_of_a_page_has_a_word_for_when_it_is_done() => Assert.That(
        Directory.EnumerateFiles(Repository.PathOf("src", "Matching.Api", "Board"), "*.razor", SearchOption.AllDirectories)
            .SelectMany(page => Button().Matches(File.ReadAllText(page))).Select(button => $"Deed.{button.Groups[1].Value}").Distinct().Where(key => !Chinese.ContainsKey(key)),
        Is.Empty);

    private static Dictionary<string, string> Read(string language) => JsonSerializer.Deserialize<Dictionary<string, string>>(BoardFiles.Text($"words.{language}.json"))!;

    // The figures of a policy are named by the policy itself.
    private static IEnumerable<string> Figures() => PolicyFigures.Of(Matching.Policies.Policy.Default).Select(figure => figure.Name.Split('.') switch
    {
        ["critical" or "urgent" or "normal" or "scheduled", var clock] => $"policy.{clock}",
        ["weights", ..] => "policy.weight",
        _ => $"policy.{figure.Name}",
    });

    // Names of fields and files look like keys.
    private static readonly Regex NoWord = new(@"^(order\.(menuItemId|need|urgency|peopleWanted|window)|board\.(css|js)|words\.)");

    [GeneratedRegex("\"([a-z][A-Za-z]*\\.[A-Za-z0-9.]+)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex("TDeed=\"([A-Za-z]+)\"")]
    private static partial Regex Button();

    [GeneratedRegex(@"\{\d")]
    private static partial Regex Gap();
}
