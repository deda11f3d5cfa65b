using System.Diagnostics;
using System.Net;
using Matching.Api.Plumbing.Database;
using Matching.Api.Tests.Wishes;

namespace Matching.Api.Tests.Partners;

/// <summary>Many wishes in one call: each with its own outcome, the whole done once.</summary>
public class PartnerBatchTests
{
    private static readonly Sql<NameQuery, CountRow> ResidentsNamed = new("SELECT COUNT(*) AS number FROM residents WHERE name_sort = @Name");

    private Service _service = null!;
    private PartnerWorld _world = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _world = await PartnerWorld.CreateAsync(_service);
    }

    [OneTimeTearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task Each_wish_is_made_found_or_refused_by_itself_and_the_order_is_kept()
    {
        var (_, client, _) = await _world.PartnerAsync("一次交来");
        var before = (await client.PostAsync("/partner/wishes", _world.Wish("e-0"), key: "e-0")).Yes();

        var answer = (await client.PostAsync("/partner/wishes/batch", Batch(
            _world.Wish("e-1", menuItemId: _world.Wishes.Lamp),
            _world.Wish("e-0"),
            _world.Wish("e-2", _world.World.SouthStation.Id),
            Wordy("e-3", new string('愿', 4_001)),
            _world.Wish("e-1"),
            _world.Wish("e-4")), key: "e")).Yes();

        Assert.That(((int)answer["made"]!, (int)answer["found"]!, (int)answer["refused"]!), Is.EqualTo((2, 2, 2)));
        var outcomes = answer["outcomes"]!.AsArray();
        Assert.That(outcomes.Select(one => (string?)one!["reference"]), Is.EqualTo(new[] { "e-1", "e-0", "e-2", "e-3", "e-1", "e-4" }));
        Assert.That(outcomes.Select(one => (bool?)one!["wish"]?["found"]), Is.EqualTo(new bool?[] { false, true, null, null, true, false }));
        Assert.That(outcomes.Select(one => (string?)one!["refusal"]?["code"]), Is.EqualTo(new[] { null, null, "site_unknown", "field_too_long", null, null }));
        Assert.That(outcomes.Select(one => (string?)one!["refusal"]?["field"]), Is.EqualTo(new[] { null, null, "resident.siteId", "words", null, null }));
        Assert.That((string?)outcomes[3]!["refusal"]!["detail"], Is.EqualTo("The text is too long."));
        Assert.That((string?)outcomes[1]!["wish"]!["id"], Is.EqualTo((string?)before["id"]));
        Assert.That((string?)outcomes[0]!["wish"]!["state"], Is.EqualTo("ordered"));
        Assert.That((string?)outcomes[4]!["wish"]!["id"], Is.EqualTo((string?)outcomes[0]!["wish"]!["id"]));
        Assert.That((await client.ReadAsync("/me/wishes")).Yes()["items"]!.AsArray(), Has.Count.EqualTo(3));
    }

    [Test]
    public async Task A_wish_that_is_refused_leaves_nothing_behind_not_even_the_resident_whom_it_described()
    {
        var (_, client, _) = await _world.PartnerAsync("只留下该留的");

        var outcomes = (await client.PostAsync("/partner/wishes/batch", Batch(
            For("n-1", "贺留下", WishWorld.Tomorrow), For("n-2", "贺不留", new { start = "2026-05-01T16:00:00+08:00", end = "2026-05-01T18:00:00+08:00" })), key: "n"))
            .Yes()["outcomes"]!;

        Assert.That((string?)outcomes[1]!["refusal"]!["code"], Is.EqualTo("window_in_past"));
        Assert.That((await NamedAsync("贺留下"), await NamedAsync("贺不留")), Is.EqualTo((1, 0)));
    }

    [Test]
    public async Task The_same_batch_again_is_answered_alike_under_its_key_and_found_under_another()
    {
        var (_, client, _) = await _world.PartnerAsync("再来一次");
        var batch = Batch([.. Enumerable.Range(0, 30).Select(i => _world.Wish($"s-{i}", residentReference: $"r-{i % 7}"))]);

        // Half of them under one key, half each under its own, all at once.
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => client.PostAsync("/partner/wishes/batch", batch, key: i % 2 == 0 ? "once" : $"again-{i}")));

        Assert.That(answers.Select(answer => answer.Status), Is.All.EqualTo(200));
        Assert.That(answers.Where((_, i) => i % 2 == 0).Select(answer => answer.Text).Distinct().Count(), Is.EqualTo(1));
        Assert.That(answers.Select(Ids).Distinct().Count(), Is.EqualTo(1));
        Assert.That(answers.DistinctBy(answer => answer.Text).Sum(answer => (int)answer["made"]!), Is.EqualTo(30));
        Assert.That((await client.ReadAsync("/me/wishes?take=100")).Yes()["items"]!.AsArray(), Has.Count.EqualTo(30));

        var grown = Batch([.. Enumerable.Range(0, 31).Select(i => _world.Wish($"s-{i}"))]);
        Assert.That((await client.PostAsync("/partner/wishes/batch", grown, key: "once")).Code, Is.EqualTo("idempotency_key_reused"));
        var rest = (await client.PostAsync("/partner/wishes/batch", grown, key: "the-rest")).Yes();
        Assert.That(((int)rest["made"]!, (int)rest["found"]!), Is.EqualTo((1, 30)));
    }

    [Test]
    public async Task One_call_takes_a_thousand_wishes_and_not_ten_thousand()
    {
        var (_, client, _) = await _world.PartnerAsync("一千个心愿");
        object[] Of(int many) => [.. Enumerable.Range(0, many).Select(i => _world.Wish($"k-{i}", residentReference: $"r-{i % 300}"))];

        var tenThousand = await client.PostAsync("/partner/wishes/batch", Batch(Of(10_000)), key: "too-many");
        Assert.That((tenThousand.Status, tenThousand.Code, (string?)tenThousand["field"]), Is.EqualTo((413, "wishes_too_many", "wishes")));
        Assert.That((await client.PostAsync("/partner/wishes/batch", Batch(Of(1_001)), key: "one-too-many")).Code, Is.EqualTo("wishes_too_many"));
        Assert.That((await client.ReadAsync("/me/wishes")).Yes()["items"]!.AsArray(), Is.Empty);

        var started = Stopwatch.GetTimestamp();
        var answer = (await client.PostAsync("/partner/wishes/batch", Batch(Of(1_000)), key: "just-right")).Yes();
        TestContext.Out.WriteLine($"1,000 wishes of 300 residents: {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms");
        Assert.That((int)answer["made"]!, Is.EqualTo(1_000));
    }

    [Test]
    public async Task A_body_of_ten_megabytes_and_one_that_holds_nothing_are_refused_as_a_whole()
    {
        var (_, client, _) = await _world.PartnerAsync("太大太空");

        var large = await client.PostAsync("/partner/wishes/batch", Batch([.. Enumerable.Range(0, 900).Select(i => Wordy($"l-{i}", new string('愿', 4_000)))]), key: "large");
        var empty = await client.PostAsync("/partner/wishes/batch", Batch(), key: "empty");
        var hole = await client.PostAsync("/partner/wishes/batch", Batch(_world.Wish("h-1"), null!), key: "hole");
        var wrong = await client.PostAsync("/partner/wishes/batch", Batch(_world.Wish("h-1"), new { reference = "h-2", words = 5 }), key: "wrong");

        Assert.That((large.Status, large.Code), Is.EqualTo((413, "body_too_large")));
        Assert.That(empty.Code, Is.EqualTo("field_missing"));
        Assert.That((hole.Code, (string?)hole["field"]), Is.EqualTo(("field_missing", "wishes[1]")));
        Assert.That((wrong.Code, (string?)wrong["field"]), Is.EqualTo(("field_wrong_type", "wishes[1].words")));
        Assert.That((await client.ReadAsync("/me/wishes")).Yes()["items"]!.AsArray(), Is.Empty);
    }

    [Test]
    public async Task Without_a_key_or_the_scope_no_batch_is_taken()
    {
        var (_, reader, _) = await _world.PartnerAsync("只读的批次", scopes: ["wishesRead"]);
        var (_, writer, _) = await _world.PartnerAsync("没有编号的批次");

        var beyond = await reader.PostAsync("/partner/wishes/batch", Batch(_world.Wish("x-1")), key: "x");
        var keyless = await writer.PostAsync("/partner/wishes/batch", Batch(_world.Wish("x-1")));

        Assert.That((beyond.Status, beyond.Code), Is.EqualTo(((int)HttpStatusCode.Forbidden, "scope_missing")));
        Assert.That(keyless.Code, Is.EqualTo("idempotency_key_needed"));
    }

    private static object Batch(params object[] wishes) => new { wishes };

    private object For(string reference, string name, object window) => new
    {
        reference, words = "水龙头漏水", window, resident = new { name, siteId = _world.World.NorthStation.Id.ToString() },
    };

    private object Wordy(string reference, string words) => new
    {
        reference, words, window = WishWorld.Tomorrow, resident = new { name = "陶小满", siteId = _world.World.NorthStation.Id.ToString() },
    };

    private static string Ids(Answer answer) => string.Join(',', answer["outcomes"]!.AsArray().Select(one => (string?)one!["wish"]!["id"]));

    private async Task<int> NamedAsync(string name) => (await _service.Database.FirstAsync(ResidentsNamed, new NameQuery(name)))!.Number;

    private sealed record NameQuery(string Name);

    private sealed record CountRow
    {
        public int Number { get; init; }
    }
}
