using Matching.Invariants;
using Matching.Replay;
using Microsoft.Data.Sqlite;

namespace Matching.Api.Tests.Replay;

/// <summary>
/// A short replay of a city's requests through a server of its own, and the check of its rows. Its database is then spoilt on purpose, one way after the
/// other, to show that the check sees it.
/// </summary>
public sealed class ReplayTests
{
    private const string Requests = "la311_service_requests/la311_2017-12.csv";

    private Result _result = null!;
    private string _database = "";

    [OneTimeSetUp]
    public async Task ReplayAsync()
    {
        if (Data() is not { } data)
        {
            Assert.Ignore($"There is no ../shared/data/{Requests} beside the project, so there is nothing to replay.");
            return;
        }

        _database = Path.Combine(Directory.CreateTempSubdirectory("matching-replayed-").FullName, "matching.db");
        // So few rows use every deed only when all of it happens far more often than in life.
        var options = new Options
        {
            File = data, Limit = 150, VolunteersPerStation = 4, ResidentsPerSite = 1, Dispute = 0.1, NoShow = 0.08, Reassign = 0.1, Split = 0.2, Team = 0.3, WholeDay = 0.4,
            ByHand = 0.15, HandDown = 0.15, Meeting = 0.1, Emergency = 1, Correct = 0.1, Repeat = 0.1, Quiet = true,
        };
        _result = await Session.RunAsync(options, _ => { }, database => Copy(database, _database));
    }

    [OneTimeTearDown]
    public void Forget()
    {
        if (_database.Length > 0)
        {
            Directory.Delete(Path.GetDirectoryName(_database)!, recursive: true);
        }
    }

    [Test]
    public void A_day_in_the_city_breaks_nothing_and_is_answered_as_expected()
    {
        Assert.That(_result.IsGood, Is.True, _result.ToString());
        Assert.That(_result.Figures!.AllWishes, Is.EqualTo(150));
        Assert.That(_result.Figures.FulfilledPercent, Is.GreaterThan(50), _result.ToString());
        Assert.That(_result.Findings!.All.Where(finding => finding.Looked == 0).Select(finding => finding.Sentence).Count(), Is.LessThan(10), "sentences that met nothing");
        Assert.That(_result.Findings.All.Single(finding => finding.Sentence == "Every look at a name or an address is in the log").Looked, Is.Positive);
    }

    [Test]
    public void Every_slice_of_the_loop_was_used()
    {
        var besides = _result.Figures!.Besides;
        Assert.Multiple(() =>
        {
            Assert.That(besides.TeamSeats, Is.Positive, "teams");
            Assert.That(besides.RoundsByHand, Is.Positive, "manual dispatch");
            Assert.That(besides.RoundsOneByOne, Is.Positive, "direct dispatch");
            Assert.That(besides.HandedDown, Is.Positive, "directives");
            Assert.That(besides.Reassigned, Is.Positive, "reassigned seats");
            Assert.That(besides.Split, Is.Positive, "split wishes");
            Assert.That(besides.MeetingWishes, Is.Positive, "meetings");
            Assert.That(besides.EmergencyRounds, Is.Positive, "emergencies");
            Assert.That(besides.ApprovalsYes + besides.ApprovalsNo, Is.Positive, "approvals of hours");
            Assert.That(besides.Reversals, Is.Positive, "corrections of the ledger");
        });
        Assert.That(_result.Coverage.Used, Is.GreaterThanOrEqualTo(85), string.Join('\n', _result.Coverage.Unused));
    }

    [TestCase("UPDATE orders SET due_at = NULL WHERE state IN ('Closed', 'Cancelled', 'Unfilled', 'Failed'); UPDATE orders SET state = 'Ready' WHERE id = (SELECT MIN(id) FROM orders)",
        "An unfinished order has an owner, a next due-date and a next action")]
    [TestCase("UPDATE orders SET due_at = '2018-01-01T00:00:00.000Z', next_action = 'RemindStaff' WHERE id = (SELECT MIN(id) FROM orders)",
        "A finished order has neither due-date nor action, and says when it ended")]
    [TestCase("UPDATE orders SET people_wanted = 0 WHERE id = (SELECT MIN(order_id) FROM assignments WHERE holds = 1)", "No more people hold an order than it has seats")]
    [TestCase("UPDATE orders SET seats_filled = seats_filled + 1 WHERE id = (SELECT MIN(id) FROM orders)", "The count of filled seats is the number of those who hold one")]
    [TestCase("UPDATE escalations SET to_site_id = from_site_id, from_site_id = to_site_id", "An order goes from its owner up to the parent, or is handed down to a site below")]
    [TestCase("DELETE FROM escalations", "An order is owned by where it came from, or by where the last line of its way up and down says")]
    [TestCase("DELETE FROM team_members", "A team's yes filled at least one seat, and each seat with another of its members")]
    [TestCase("UPDATE offers SET team_id = NULL WHERE team_id IS NOT NULL",
        "An offer asks a volunteer or a team, not both, and was sent by a round of its order")]
    [TestCase("UPDATE seats SET assignment_id = NULL WHERE order_id = (SELECT MIN(order_id) FROM assignments WHERE holds = 1)", "A filled seat and its assignment name each other")]
    [TestCase("UPDATE assignments SET window_start = '2017-01-01T00:00:00.000Z', window_end = '2019-01-01T00:00:00.000Z'", "Nobody holds two assignments that overlap")]
    [TestCase("DELETE FROM volunteer_skills", "Who took an order has each skill that it asks for, or one below it, at its level")]
    [TestCase("DELETE FROM volunteer_slots", "Who took an order was free over all of its window")]
    [TestCase("UPDATE volunteers SET radius_m = 1", "Who took an order lives within her own radius of it and the round's")]
    [TestCase("UPDATE volunteers SET max_orders_a_week = 0", "Nobody holds more orders in a week than she wants")]
    [TestCase("UPDATE volunteers SET born_on = '2005-01-01'", "Who took an order is of age, or comes with an adult where minors may")]
    [TestCase("UPDATE hours_entries SET minutes = minutes + 1 WHERE id = (SELECT MIN(id) FROM hours_entries)", "Each ledger is an unbroken chain of hashes")]
    [TestCase("UPDATE volunteers SET verified_minutes = verified_minutes + 1", "A volunteer's verified minutes are the sum of her ledger")]
    [TestCase("UPDATE assignments SET minutes = minutes + 600 WHERE state = 'Verified'", "A verified assignment's lines in the ledger are its minutes, less what waits for approval or was refused")]
    [TestCase("UPDATE hours_approvals SET decided_by = NULL WHERE state <> 'Waiting'", "Hours beyond a day's wait, or somebody other than she who served them has decided")]
    [TestCase("UPDATE hours_approvals SET state = 'Approved', minutes = minutes + 1", "Approved hours are a line of the ledger in the name of whoever approved them")]
    [TestCase("UPDATE hours_approvals SET needs = 'Center', state = 'Refused', decided_by = volunteer_id", "Hours that need the center's yes were decided by an admin of the center")]
    [TestCase("UPDATE hours_approvals SET state = 'Refused'; UPDATE hours_entries SET minutes = 481",
        "No more hours of a day than eight count by themselves, where the center has said nothing else")]
    [TestCase("UPDATE wishes SET channel = 'App' WHERE channel = 'Meeting'", "A wish that was put at a meeting came through it, to its center and after it was held")]
    [TestCase("UPDATE mode_activations SET ends_at = starts_at", "No two emergencies of a site ran at once, and each was over when it was to be at the latest")]
    [TestCase("UPDATE dispatch_rounds SET radius_m = radius_m + 1", "A round reaches as far as its level and the policy of its hour say")]
    [TestCase("UPDATE dispatch_rounds SET radius_m = radius_m + 1", "A round of an emergency reaches as far as one does then")]
    [TestCase("UPDATE dispatch_rounds SET opened_at = SUBSTR(opened_at, 1, 11) || '08:00:00.000Z'", "Nobody was asked at night but for what cannot wait, or in an emergency")]
    [TestCase("UPDATE wishes SET state = 'Withdrawn' WHERE state = 'Fulfilled'", "The changes of a wish are a path of its table and end where it stands")]
    [TestCase("DELETE FROM transitions WHERE to_state = 'Dispatching'", "The changes of an order are a path of its table and end where it stands")]
    [TestCase("UPDATE transitions SET from_state = 'Accepted' WHERE from_state = 'Pending'", "The changes of an offer are a path of its table and end where it stands")]
    [TestCase("DELETE FROM transitions WHERE to_state = 'Confirmed'", "The changes of an assignment are a path of its table and end where it stands")]
    [TestCase("UPDATE transitions SET account_id = NULL WHERE role = 'Volunteer'", "Every change says who: a person under a role, the clock or the system")]
    [TestCase("UPDATE idempotency_keys SET answer_sealed = NULL", "A key that was kept has its answer")]
    [TestCase("UPDATE outbox SET body = '{\"name\":\"x\"}' WHERE id = (SELECT MIN(id) FROM outbox)", "A message holds nothing but ids, codes, times and numbers")]
    [TestCase("UPDATE notices SET body = '{\"note\":\"王五\"}' WHERE id = (SELECT MIN(id) FROM notices)", "A notice holds nothing but ids, codes, times and numbers")]
    [TestCase("UPDATE notices SET body = '{\"note\":\"13912345678\"}' WHERE id = (SELECT MIN(id) FROM notices)", "No message or notice holds the number of a phone or a person")]
    [TestCase("UPDATE wishes SET orders_served = 0", "A wish's counts of orders are those of its orders")]
    [TestCase("UPDATE volunteers SET asked = asked + 1", "A volunteer's counts of offers are those of her offers")]
    [TestCase("UPDATE volunteers SET came = came + 1", "A volunteer's counts of services are those of her assignments")]
    [TestCase("UPDATE volunteers SET rating_count = rating_count + 1", "A volunteer's rating is the sum of what residents gave")]
    [TestCase("UPDATE offers SET state = 'Pending' WHERE state = 'Expired'", "No offer is open past its expiry, or on an order that looks for nobody")]
    [TestCase("UPDATE outbox SET due_at = created_at", "Every message was handed on")]
    public void What_is_spoilt_is_found(string spoil, string sentence)
    {
        var spoilt = _database + ".spoilt";
        try
        {
            Copy(_database, spoilt);
            using (var connection = new SqliteConnection($"Data Source={spoilt};Pooling=False;Foreign Keys=False"))
            {
                connection.Open();
                using var command = new SqliteCommand(spoil, connection);
                Assert.That(command.ExecuteNonQuery(), Is.Positive, "nothing was spoilt");
            }

            Assert.That(InvariantCheck.Run(spoilt).Broken.Select(finding => finding.Sentence), Has.Member(sentence));
        }
        finally
        {
            File.Delete(spoilt);
        }
    }

    internal static string? Data()
    {
        var file = Repository.PathOf("..", "shared", "data", Requests);
        return File.Exists(file) ? file : null;
    }

    private static void Copy(string from, string to)
    {
        File.Delete(to);
        using var source = new SqliteConnection($"Data Source={from};Mode=ReadOnly;Pooling=False");
        using var target = new SqliteConnection($"Data Source={to};Pooling=False");
        source.Open();
        target.Open();
        source.BackupDatabase(target);
    }
}
