using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Matching.Accounts;
using Matching.Api.Labels;
using Matching.Api.Plumbing.Http;
using Matching.Engine;
using Microsoft.AspNetCore.Http;

namespace Matching.Api.Tests.Labels;

/// <summary>Two languages stand in the program; a third is a file.</summary>
public partial class LanguageTests
{
    private static readonly Language Chinese = Languages.BuiltIn.Find("zh-CN")!;
    private static readonly Language English = Languages.BuiltIn.Find("en")!;

    [Test]
    public void Every_word_every_refusal_and_every_label_stands_in_both_languages()
    {
        Assert.That(English.Keys, Is.EquivalentTo(Chinese.Keys));
        foreach (var language in Languages.BuiltIn.All)
        {
            Assert.That(language.Keys.Where(key => string.IsNullOrWhiteSpace(language.Find(key))), Is.Empty, language.Tag);
            Assert.That(Refusals.ByCode.Values.Where(refusal => language.Find(Language.KeyOf(refusal)) is null), Is.Empty);
            Assert.That(Kinds.All.SelectMany(kind => Enum.GetNames(kind).Select(value => $"{kind.Name}.{value}")).Where(key => language.Find(key) is null), Is.Empty,
                "values that answers name, and src/Matching.Api/Labels/Assets has no label for");
        }
    }

    [Test]
    public void Every_topic_of_a_notice_has_a_sentence()
    {
        var code = Directory.EnumerateFiles(Repository.PathOf("src", "Matching.Api"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText);
        var topics = code.SelectMany(text => Topic().Matches(text)).Select(match => match.Groups[1].Value).Distinct();

        Assert.That(topics.Where(topic => Chinese.Find("notice." + topic) is null), Is.Empty);
    }

    [Test]
    public void No_english_sentence_holds_chinese_and_no_chinese_sentence_is_english()
    {
        Assert.That(English.Keys.Where(key => Han().IsMatch(English.Find(key)!) && !Examples.Contains(key)).Select(key => $"{key}: {English.Find(key)}"), Is.Empty);
        Assert.That(Chinese.Keys.Where(key => key.StartsWith("refusal.", StringComparison.Ordinal) && !Han().IsMatch(Chinese.Find(key)!)), Is.Empty);
    }

    [TestCase(null, "zh-CN")]
    [TestCase("en", "en")]
    [TestCase("en-GB, zh;q=0.5", "en")]
    [TestCase("fr, en;q=0.3, zh;q=0.8", "zh-CN")]
    [TestCase("zh-Hant-TW", "zh-CN")]
    [TestCase("fr", "zh-CN")]
    [TestCase("*", "zh-CN")]
    [TestCase("en;q=0", "zh-CN")]
    [TestCase("nonsense;;;", "zh-CN")]
    public void The_language_that_is_wanted_most_is_spoken(string? accepts, string spoken)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.AcceptLanguage = accepts;

        Assert.That(Languages.Of(context.Request).Tag, Is.EqualTo(spoken));
    }

    [Test]
    public async Task A_third_language_is_a_file_and_what_it_does_not_say_is_said_in_another()
    {
        using var folder = new Folder(("bo-CN.json", """
            { "language.name": "བོད་ཡིག", "refusal.order_unknown": "ORDER-IN-TIBETAN", "refusal.field_missing": "FIELD-IN-TIBETAN", "OrderState.Ready": "READY-IN-TIBETAN", "signIn.lead": "LEAD-IN-TIBETAN", "HardRule.Insured": "RULE-IN-TIBETAN" }
            """), ("eo.json", """{ "language.name": "Esperanto", "language.fallback": "en" }"""));
        await using var service = await Service.StartAsync(("Languages:Folder", folder.Path));
        var world = await World.CreateAsync(service);
        var hat = await world.HatAsync(Role.Dispatcher, world.NorthStation);

        async Task<Answer> AskAsync(string accepts, string address, object? body = null)
        {
            using var client = service.As(hat);
            client.DefaultRequestHeaders.AcceptLanguage.Clear();
            client.DefaultRequestHeaders.AcceptLanguage.ParseAdd(accepts);
            return await client.AskAsync(body is null ? HttpMethod.Get : HttpMethod.Post, address, body);
        }

        var own = await AskAsync("bo", "/orders/nonsense");
        var chinese = await AskAsync("bo-CN, en;q=0.5", "/wishes/nonsense");
        var english = await AskAsync("eo", "/wishes/nonsense");
        var shape = await AskAsync("bo", "/meetings", new { });
        Assert.That((string?)own["detail"], Is.EqualTo("ORDER-IN-TIBETAN"));
        Assert.That((string?)chinese["detail"], Is.EqualTo(Refusals.WishUnknown.Zh));
        Assert.That((string?)english["detail"], Is.EqualTo(Refusals.WishUnknown.En));
        Assert.That(shape.Code, Is.EqualTo("role_not_allowed"));
        var labels = await AskAsync("bo", "/labels");
        Assert.That(((string?)labels["language"], (string?)labels["labels"]!["orderState"]!["ready"], (string?)labels["labels"]!["orderState"]!["draft"]),
            Is.EqualTo(("bo-CN", "READY-IN-TIBETAN", Chinese.Find("OrderState.Draft"))));
        Assert.That((string?)labels["labels"]!["rule"]![Engine.HardRule.Insured.Code()], Is.EqualTo("RULE-IN-TIBETAN"));
        Assert.That(labels["languages"]!.AsArray().Select(language => $"{language!["tag"]} {language["name"]}"), Is.EqualTo(new[] { "zh-CN 中文", "en English", "bo-CN བོད་ཡིག", "eo Esperanto" }));

        using var visitor = service.AsNobody();
        visitor.DefaultRequestHeaders.AcceptLanguage.Clear();
        visitor.DefaultRequestHeaders.AcceptLanguage.ParseAdd("bo");
        var page = WebUtility.HtmlDecode(await visitor.GetStringAsync("/board/sign-in"));
        Assert.That(page, Does.Contain("LEAD-IN-TIBETAN").And.Contain("lang=\"bo-CN\"").And.Contain(Chinese.Find("signIn.enter")).And.Contain("Esperanto"));
    }

    [Test]
    public async Task What_a_caller_is_told_says_in_which_language_it_is()
    {
        using var folder = new Folder(("bo-CN.json", """{ "refusal.order_unknown": "ORDER-IN-TIBETAN" }"""));
        await using var service = await Service.StartAsync(("Languages:Folder", folder.Path));
        var world = await World.CreateAsync(service);
        using var client = service.As(await world.HatAsync(Role.Dispatcher, world.NorthStation));
        client.DefaultRequestHeaders.AcceptLanguage.Clear();
        client.DefaultRequestHeaders.AcceptLanguage.Add(new StringWithQualityHeaderValue("bo-CN"));

        using var own = await client.GetAsync("/api/v1/orders/nonsense");
        using var fallen = await client.GetAsync("/api/v1/wishes/nonsense");

        Assert.That(own.Content.Headers.ContentLanguage, Is.EqualTo(new[] { "bo-CN" }));
        Assert.That(fallen.Content.Headers.ContentLanguage, Is.EqualTo(new[] { "zh-CN" }));
    }

    [TestCase("fr.json", "{ \"refusal.order_unknown\": ")]
    [TestCase("fr.json", "{ \"refusal.order_unknown\": 5 }")]
    [TestCase("fr.json", "{ \"language.fallback\": \"de\" }")]
    [TestCase("en.json", "{}")]
    [TestCase("not a tag.json", "{}")]
    public void A_file_that_is_none_of_a_language_stops_the_start(string name, string text)
    {
        using var folder = new Folder((name, text));

        Assert.That(() => Languages.Read(folder.Path), Throws.InvalidOperationException.With.Message.Contains(name));
    }

    [Test]
    public void Who_translates_begins_with_a_file_of_all_that_is_said()
    {
        var template = JsonSerializer.Deserialize<Dictionary<string, string>>(Languages.Template(English))!;
        using var folder = new Folder(("fr.json", JsonSerializer.Serialize(template)));

        var french = Languages.Read(folder.Path).Find("fr")!;

        Assert.That(template["language.fallback"], Is.EqualTo("en"));
        Assert.That(template.Keys, Is.EquivalentTo(English.Keys.Append("language.fallback")));
        Assert.That(French(french), Is.EqualTo(French(English)));

        static string[] French(Language language) => [language.Of(Refusals.SeatTaken), language.Find("OrderState.Ready")!, language.Of(Engine.HardRule.Skills)];
    }

    [Test]
    public async Task A_notice_is_a_sentence_too()
    {
        await using var service = await Service.StartAsync();
        var world = await Wishes.WishWorld.CreateAsync(service);
        var id = await world.ClaimedAsync();
        (await Wishes.WishWorld.DoAsync(world.Curator, id, "ask", new { question = "哪盏灯？" })).Yes();
        await service.SettleAsync();

        var notice = (await world.Resident.ReadAsync("/me/notices")).Yes()["items"]!.AsArray().Single(one => (string?)one!["topic"] == "wish.question")!;

        Assert.That((string?)notice["text"], Is.EqualTo(English.Find("notice.wish.question")));
    }

    // They show what is typed in Chinese.
    private static readonly HashSet<string> Examples = [];

    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}")]
    private static partial Regex Han();

    [GeneratedRegex("\"((?:wish|order|offer|assignment|emergency|hours|staff|star|volunteer|account)\\.(?!site\\b)[a-z][A-Za-z]*)\"")]
    private static partial Regex Topic();

    private sealed class Folder : IDisposable
    {
        public Folder(params (string Name, string Text)[] files)
        {
            foreach (var (name, text) in files)
            {
                File.WriteAllText(System.IO.Path.Combine(Path, name), text);
            }
        }

        public string Path { get; } = Directory.CreateTempSubdirectory("languages-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
