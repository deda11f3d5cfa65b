using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Tests;
using Matching.Api.Tests.Wishes;
using Microsoft.Data.SqlClient;

namespace Matching.SqlTests.Wire;

/// <summary>What becomes of a deed when the server, or the way to it, fails in the middle: nothing is done twice and nothing is lost.</summary>
public sealed class FaultTests
{
    private const string InTheMiddle = "INSERT INTO transitions";

    private static readonly Sql<Nothing, CountRow> Wishes = new("SELECT COUNT(id) AS count FROM wishes");

    private static readonly Sql<Nothing, CountRow> Moves = new("SELECT COUNT(id) AS count FROM transitions WHERE to_state = 'Submitted'");

    private static readonly Sql<Nothing, CountRow> Keys = new("SELECT COUNT(key_hash) AS count FROM idempotency_keys");

    private TdsDouble _server = null!;
    private Service _service = null!;
    private WishWorld _world = null!;

    [SetUp]
    public async Task BeginAsync()
    {
        _server = new TdsDouble();
        _service = await Service.StartAsync(("Database:Engine", "SqlServer"), ("Database:ConnectionString", _server.ConnectionString));
        _world = await WishWorld.CreateAsync(_service);
    }

    [TearDown]
    public async Task EndAsync()
    {
        await _service.DisposeAsync();
        _server.Dispose();
    }

    [TestCase(1205, true, TestName = "A_deadlocks_victim_begins_anew")]
    [TestCase(40613, true, TestName = "A_database_that_moves_is_waited_for")]
    [TestCase(1222, false, TestName = "A_lock_that_was_not_got_in_time_is_asked_for_again")]
    public async Task The_whole_write_is_done_again(int number, bool rollsBack)
    {
        _server.Faults.Fail(Moment.Statement, number, InTheMiddle, rollsBack);
        _server.Faults.Fail(Moment.Statement, number, InTheMiddle, rollsBack);
        await OnceAsync();
    }

    [Test]
    public async Task A_sign_in_that_fails_over_is_tried_again()
    {
        SqlConnection.ClearAllPools();
        _server.Faults.Fail(Moment.Login, 40613);
        await OnceAsync();
    }

    [TestCase(Moment.Statement, TestName = "A_line_that_breaks_in_the_middle_leaves_nothing_and_the_write_is_done_again")]
    [TestCase(Moment.BeforeCommit, TestName = "A_line_that_breaks_before_COMMIT_was_done_leaves_nothing_and_the_write_is_done_again")]
    [TestCase(Moment.AfterCommit, TestName = "A_line_that_breaks_after_COMMIT_was_done_has_done_it_and_nothing_is_done_again")]
    public async Task A_line_breaks(Moment moment)
    {
        _server.Faults.Cut(moment, moment == Moment.Statement ? InTheMiddle : "");
        await OnceAsync();
    }

    [Test]
    public async Task While_it_is_asked_what_became_of_COMMIT_the_line_may_break_too()
    {
        _server.Faults.Cut(Moment.AfterCommit);
        _server.Faults.Cut(Moment.Statement, "commit_marks");
        _server.Faults.Fail(Moment.Statement, 40613, "commit_marks");
        await OnceAsync();
    }

    [Test]
    public async Task A_failed_COMMIT_is_done_again()
    {
        _server.Faults.Fail(Moment.BeforeCommit, 40197, rollsBack: true);
        await OnceAsync();
    }

    [Test]
    public async Task A_server_that_stays_away_is_said_to_be_busy_and_the_same_key_works_later()
    {
        for (var tries = 0; tries < 8; tries++)
        {
            _server.Faults.Fail(Moment.Statement, 40613, InTheMiddle, rollsBack: true);
        }

        var busy = await SubmitAsync();
        Assert.That((busy.Status, busy.Code, await CountAsync(Wishes), await CountAsync(Keys)), Is.EqualTo((503, "database_busy", 0, 0)));
        await OnceAsync();
    }

    [TestCase(2628)]
    [TestCase(8152)]
    public async Task What_another_try_would_not_mend_is_not_tried_again(int number)
    {
        _server.Faults.Fail(Moment.Statement, number, InTheMiddle);
        Assert.That((await SubmitAsync()).Status, Is.EqualTo(500));
        Assert.That((await CountAsync(Wishes), await CountAsync(Moves), await CountAsync(Keys)), Is.EqualTo((0, 0, 0)));
    }

    [TestCase(2601)]
    [TestCase(2627)]
    public async Task A_key_that_is_taken_says_that_somebody_was_first(int number)
    {
        _server.Faults.Fail(Moment.Statement, number, "INSERT INTO accounts");
        var problem = await Assert.ThrowsAsync<SomebodyWasFirstException>(() => _world.World.HatAsync(Role.Curator, _world.World.NorthStation));
        Assert.That(problem!.InnerException, Is.InstanceOf<SqlException>());
        await OnceAsync();
    }

    [Test]
    public async Task A_read_is_read_again()
    {
        await OnceAsync();
        _server.Faults.Cut(Moment.Statement, "COUNT(id)");
        _server.Faults.Fail(Moment.Statement, 1205, "COUNT(id)");
        Assert.That(await CountAsync(Wishes), Is.EqualTo(1));
    }

    private Task<Answer> SubmitAsync() => _world.Resident.PostAsync("/wishes", WishWorld.Words(), key: "k1");

    // The same key again has the same answer, from one wish and one step.
    private async Task OnceAsync()
    {
        var first = (await SubmitAsync()).Yes();
        Assert.That(_server.Faults.AllHappened, "what was planned has happened");
        var again = (await SubmitAsync()).Yes();
        Assert.That((string?)again["id"], Is.EqualTo((string?)first["id"]));
        Assert.That((await CountAsync(Wishes), await CountAsync(Moves), await CountAsync(Keys)), Is.EqualTo((1, 1, 1)));
    }

    private async Task<int> CountAsync(Sql<Nothing, CountRow> query) => (await _service.Database.FirstAsync(query, Nothing.It))!.Count;

    private sealed record CountRow
    {
        public int Count { get; init; }
    }
}
