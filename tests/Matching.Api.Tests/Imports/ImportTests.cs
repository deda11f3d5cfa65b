using System.Net.Http.Headers;
using System.Text;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Tests.Volunteers;

namespace Matching.Api.Tests.Imports;

/// <summary>Volunteers handed in as a file: each row by itself, and never twice.</summary>
public class ImportTests
{
    private const string Head = "name,idNumber,site,phone,skills,lat,lng,weekly,realNameChecked";

    private static readonly Sql<CenterQuery, CountRow> CountVolunteers = new(
        "SELECT COUNT(id) AS number FROM volunteers WHERE center_id = @CenterId AND name_sort >= @From AND name_sort < @To");

    private Service _service = null!;
    private World _world = null!;
    private HttpClient _clerk = null!;
    private string _north = null!;

    [SetUp]
    public async Task Start()
    {
        // Over real sockets, so that a connection can break.
        _service = new Service();
        _service.UseKestrel(0);
        await _service.AtAsync(Service.Friday);
        _world = await World.CreateAsync(_service);
        _clerk = Streaming(_service.As(await _world.HatAsync(Role.SiteAdmin, _world.NorthInstitute)));
        _north = _world.NorthStation.Id.ToString();
    }

    [TearDown]
    public async Task Stop()
    {
        _clerk.Dispose();
        await _service.DisposeAsync();
    }

    [Test]
    public async Task A_bad_row_loses_no_good_one_and_is_told_by_line_and_column()
    {
        var import = await BeginAsync();

        var answer = (await HandInAsync(import, File(
            Row("导入甲", weekly: "Mon 09:00-12:00;周六 14:00-24:00"),
            Row("导入乙", idNumber: "430811198503120011"),
            Row("导入丙", site: "nowhere"),
            Row("导入丁", weekly: "Mon 25:00-26:00"),
            Row("导入戊"),
            Row(new string('长', 61)),
            Row("导入己", skills: "no-such-skill:2")))).Yes();

        Assert.That((int)answer["taken"]!, Is.EqualTo(2));
        Assert.That((int)answer["refused"]!, Is.EqualTo(5));
        Assert.That((string?)answer["state"], Is.EqualTo("finished"));
        Assert.That(await CountAsync(), Is.EqualTo(2));
        Assert.That(await ProblemsAsync(import), Is.EqualTo(new[]
        {
            "3 idNumber id_number_invalid", "4 site site_unknown", "5 weekly field_wrong_type", "7 name field_too_long", "8 skills skill_unknown",
        }));
    }

    [Test]
    public async Task Who_was_checked_is_active_and_can_sign_in_by_phone()
    {
        var import = await BeginAsync();
        (await HandInAsync(import, File(Row("导入甲", phone: "13574407777", isChecked: "是")))).Yes();

        var found = (await _clerk.ReadAsync("/volunteers?name=导入甲")).Yes()["items"]!.AsArray().Single()!;
        Assert.That((string?)found["status"], Is.EqualTo("active"));
        Assert.That((string?)found["phone"], Is.EqualTo("135****7777"));
        var full = (await _clerk.ReadAsync($"/volunteers/{found["id"]}")).Yes();
        Assert.That(full["weekly"]!.AsArray(), Has.Count.EqualTo(1));
        Assert.That(full["places"]!.AsArray(), Has.Count.EqualTo(1));
        var timeline = await _service.Database.ListAsync(Timeline, new ById(Id.ParseOrNone((string)found["id"]!)));
        Assert.That(timeline.Select(row => row.ToState), Is.EqualTo(new[] { "Registered", "Active" }));
    }

    [Test]
    public async Task A_dry_run_says_what_is_wrong_and_writes_nobody()
    {
        var import = await BeginAsync(dryRun: true);
        var file = File(Row("导入甲"), Row("导入乙", site: "nowhere"));

        var answer = (await HandInAsync(import, file)).Yes();

        Assert.That(((int)answer["taken"]!, (int)answer["refused"]!), Is.EqualTo((1, 1)));
        Assert.That(await CountAsync(), Is.Zero);
        Assert.That(await ProblemsAsync(import), Is.EqualTo(new[] { "3 site site_unknown" }));
    }

    [Test]
    public async Task A_file_that_broke_off_goes_on_where_it_stood_and_nobody_comes_twice()
    {
        var import = await BeginAsync();
        var whole = File([.. Enumerable.Range(0, 2_000).Select(i => Row($"导入{i}"))]);

        Assert.That(async () => await HandInAsync(import, whole, breakAfter: 150_000), Throws.Exception);
        var half = (await _clerk.ReadAsync($"/imports/{import}")).Yes();
        Assert.That((int)half["rowsDone"]!, Is.InRange(500, 1_500));
        var again = await HandInAsync(import, whole);
        while (again.Code == "import_moved")
        {
            // What had arrived before the break was still being settled.
            again = await HandInAsync(import, whole);
        }

        Assert.That((int)again.Yes()["taken"]!, Is.EqualTo(2_000));
        Assert.That(await CountAsync(), Is.EqualTo(2_000));
        Assert.That((await HandInAsync(import, whole)).Code, Is.EqualTo("import_finished"));
    }

    [Test]
    public async Task The_rest_of_another_file_is_not_taken_for_the_rest_of_this_one()
    {
        var import = await BeginAsync();
        var rows = Enumerable.Range(0, 2_000).Select(i => Row($"导入{i}")).ToArray();
        Assert.That(async () => await HandInAsync(import, File(rows), breakAfter: 150_000), Throws.Exception);
        Assume.That((int)(await _clerk.ReadAsync($"/imports/{import}")).Yes()["rowsDone"]!, Is.GreaterThan(0));

        rows[0] = Row("导入别人");

        Assert.That((await HandInAsync(import, File(rows))).Code, Is.EqualTo("import_file_differs"));
        Assert.That(await CountAsync(), Is.LessThan(2_000));
    }

    [Test]
    public async Task The_same_import_handed_in_twice_at_once_brings_everybody_once()
    {
        var import = await BeginAsync();
        var whole = File([.. Enumerable.Range(0, 1_500).Select(i => Row($"导入{i}"))]);

        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => HandInAsync(import, whole)));

        Assert.That(answers.Select(answer => answer.Code), Has.All.AnyOf(null, "import_moved", "import_finished"));
        if (answers.All(answer => answer.Code is not null))
        {
            await HandInAsync(import, whole);
        }

        Assert.That(await CountAsync(), Is.EqualTo(1_500));
    }

    [Test]
    public async Task Nobody_is_registered_twice_under_one_id_number()
    {
        var known = People.IdNumber();
        await People.RegisterAsync(_service, _world, _world.NorthStation, idNumber: known);
        var twice = People.IdNumber();
        var import = await BeginAsync();

        (await HandInAsync(import, File(Row("导入甲", idNumber: known), Row("导入乙", idNumber: twice), Row("导入丙", idNumber: twice)))).Yes();

        Assert.That(await ProblemsAsync(import), Is.EqualTo(new[] { "2 idNumber volunteer_known", "4 idNumber volunteer_twice" }));
        Assert.That(await CountAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_file_saved_by_a_chinese_spreadsheet_is_read_in_its_charset()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var import = await BeginAsync();
        var bytes = Encoding.GetEncoding("gb18030").GetBytes($"姓名,身份证号,站点,服务时间\r\n导入甲,{People.IdNumber()},{_north},周一 9:00-11:30\r\n");

        Assert.That((await HandInAsync(import, bytes)).Code, Is.EqualTo("import_not_text"));
        (await HandInAsync(import, bytes, charset: "gb2312")).Yes();

        Assert.That(await CountAsync(), Is.EqualTo(1));
    }

    [TestCase("name,idNumber", "import_column_missing")]
    [TestCase("name,idNumber,site,colour", "import_column_unknown")]
    [TestCase("name,idNumber,site,name", "import_column_unknown")]
    [TestCase("", "import_column_missing")]
    public async Task A_head_that_cannot_be_is_refused(string head, string code)
    {
        var import = await BeginAsync();

        Assert.That((await HandInAsync(import, Encoding.UTF8.GetBytes(head + "\n"))).Code, Is.EqualTo(code));
        Assert.That((string?)(await _clerk.ReadAsync($"/imports/{import}")).Yes()["state"], Is.EqualTo("open"));
    }

    [Test]
    public async Task A_quote_that_nobody_closed_ends_the_file_there()
    {
        var import = await BeginAsync();

        var answer = (await HandInAsync(import, File(Row("导入甲"), "\"导入乙," + new string('x', 200_000)))).Yes();

        Assert.That(((int)answer["taken"]!, (int)answer["refused"]!), Is.EqualTo((1, 1)));
        Assert.That(await ProblemsAsync(import), Is.EqualTo(new[] { "3  import_not_csv" }));
    }

    [Test]
    public async Task An_import_is_seen_where_it_belongs_and_nowhere_else()
    {
        var import = await BeginAsync();
        var stranger = _service.As(await _world.HatAsync(Role.SiteAdmin, _world.SouthInstitute));

        Assert.That((await stranger.ReadAsync($"/imports/{import}")).Code, Is.EqualTo("import_unknown"));
        Assert.That((await stranger.ReadAsync($"/imports/{import}/problems")).Code, Is.EqualTo("import_unknown"));
        Assert.That((await stranger.ReadAsync("/imports")).Yes()["items"]!.AsArray(), Is.Empty);
        Assert.That((await _clerk.ReadAsync("/imports")).Yes()["items"]!.AsArray(), Has.Count.EqualTo(1));
        Assert.That((await stranger.PostAsync("/imports", new { siteId = _north })).Code, Is.EqualTo("site_unknown"));
        Assert.That((await HandInAsync(import, File(Row("导入甲")), as_: stranger)).Code, Is.EqualTo("import_unknown"));
    }

    [Test]
    public async Task Only_a_file_is_taken_for_a_file()
    {
        var import = await BeginAsync();

        Assert.That((await _clerk.AskAsync(HttpMethod.Put, $"/imports/{import}/file", new { rows = 1 })).Code, Is.EqualTo("file_type_wrong"));
    }

    private static readonly Sql<ById, StateRow> Timeline = new("SELECT to_state FROM transitions WHERE subject_id = @Id ORDER BY id");

    // The test host's own client keeps a whole body back, in case it is sent elsewhere.
    private static HttpClient Streaming(HttpClient signedIn)
    {
        var client = new HttpClient { BaseAddress = signedIn.BaseAddress };
        client.DefaultRequestHeaders.Authorization = signedIn.DefaultRequestHeaders.Authorization;
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");
        return client;
    }

    private static byte[] File(params string[] rows) => Encoding.UTF8.GetBytes(string.Join("\r\n", [Head, .. rows, ""]));

    private string Row(
        string name, string? idNumber = null, string? site = null, string phone = "", string skills = "", string weekly = "Mon 09:00-12:00", string isChecked = "") =>
        $"{name},{idNumber ?? People.IdNumber()},{site ?? _north},{phone},{skills},29.35,110.55,{weekly},{isChecked}";

    private async Task<string> BeginAsync(bool dryRun = false) =>
        (string)(await _clerk.PostAsync("/imports", new { fileName = "volunteers.csv", dryRun })).Yes()["id"]!;

    private Task<Answer> HandInAsync(string import, byte[] file, string? charset = null, int? breakAfter = null, HttpClient? as_ = null)
    {
        HttpContent content = breakAfter is { } bytes ? new StreamContent(new BreakingStream(file, bytes, () => UntilSomeRowsAreDoneAsync(import))) : new ByteArrayContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv", charset);
        return (as_ ?? _clerk).AskAsync(HttpMethod.Put, $"/imports/{import}/file", content);
    }

    private async Task<string[]> ProblemsAsync(string import) =>
        [.. (await _clerk.ReadAsync($"/imports/{import}/problems")).Yes()["items"]!.AsArray().Select(one => $"{one!["line"]} {one["column"]} {one["code"]}")];

    // The connection breaks when some of what it brought is settled.
    private async Task UntilSomeRowsAreDoneAsync(string import)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while ((int)(await _clerk.ReadAsync($"/imports/{import}")).Yes()["rowsDone"]! == 0)
        {
            Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(20)), "no group was settled");
            await Task.Yield();
        }
    }

    private async Task<int> CountAsync() => (await _service.Database.FirstAsync(CountVolunteers, new CenterQuery(_world.Center.Id, "导入", "导入\uFFFF")))!.Number;

    private sealed record CenterQuery(Id CenterId, string From, string To);

    private sealed record CountRow
    {
        public int Number { get; init; }
    }

    private sealed record StateRow
    {
        public string ToState { get; init; } = "";
    }

    /// <summary>A connection that breaks in the middle of a file.</summary>
    private sealed class BreakingStream(byte[] file, int after, Func<Task> before) : MemoryStream(file)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position >= after)
            {
                await before();
                throw new IOException("The connection broke.");
            }

            return await base.ReadAsync(buffer[..(int)Math.Min(buffer.Length, after - Position)], cancellationToken);
        }

        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) => CopyAsync(destination, cancellationToken);

        private async Task CopyAsync(Stream destination, CancellationToken ct)
        {
            var chunk = new byte[16_384];
            int read;
            while ((read = await ReadAsync(chunk, ct)) > 0)
            {
                await destination.WriteAsync(chunk.AsMemory(0, read), ct);
            }
        }
    }
}
