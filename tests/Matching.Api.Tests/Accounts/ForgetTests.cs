using Matching.Accounts;

namespace Matching.Api.Tests.Accounts;

public class ForgetTests
{
    private Service _service = null!;
    private World _world = null!;

    // A person each: what one leaves must not be taken for another's.
    [SetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _world = await World.CreateAsync(_service);
    }

    [TearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task Nothing_in_the_database_speaks_of_somebody_who_was_forgotten()
    {
        var person = await PersonRows.CreateAsync(_service, _world);
        Assert.That(PersonRows.Traces(_service), Has.Count.GreaterThan(30), "there is something to forget");

        (await _service.As(person.Volunteer).AskAsync(HttpMethod.Delete, "/me/data")).Yes();

        Assert.That(PersonRows.Traces(_service), Is.Empty);
    }

    [Test]
    public async Task The_ledger_and_the_timeline_stay_as_they_were()
    {
        var person = await PersonRows.CreateAsync(_service, _world);
        const string Ledger = "SELECT hex(id) || hex(volunteer_id) || hex(assignment_id) || sequence || minutes || evidence || service_day || posted_at || hex(previous_hash) || hex(hash) FROM hours_entries WHERE volunteer_id = @Id";
        const string Moves = "SELECT hex(id) || from_state || to_state || deed || hex(account_id) || happened_at FROM transitions WHERE subject_id = @Id";
        var (ledger, moves) = (person.Column(Ledger, person.VolunteerId), person.Column(Moves, person.WishId));

        (await _service.As(person.Volunteer).AskAsync(HttpMethod.Delete, "/me/data")).Yes();

        Assert.That(ledger, Has.Count.EqualTo(1));
        Assert.That(person.Column(Ledger, person.VolunteerId), Is.EqualTo(ledger));
        Assert.That(person.Column(Moves, person.WishId), Is.EqualTo(moves));
    }

    [Test]
    public async Task Whoever_was_forgotten_is_signed_out_and_has_no_hat_and_may_come_back_as_somebody_new()
    {
        var person = await PersonRows.CreateAsync(_service, _world);
        var tokens = await _service.SignInAsync(PersonRows.Phone);
        Assert.That(tokens.AccountId(), Is.EqualTo(person.Volunteer.AccountId));
        (await _service.With(tokens).AskAsync(HttpMethod.Delete, "/me/data")).Yes();

        Assert.That((await _service.With(tokens).ReadAsync("/me")).Code, Is.EqualTo("token_invalid"));
        Assert.That((await _service.As(person.Volunteer).ReadAsync("/me")).Code, Is.EqualTo("token_invalid"));
        Assert.That((await _service.RefreshAsync(tokens)).Code, Is.EqualTo("refresh_token_invalid"));
        _service.Machine.Move(TimeSpan.FromMinutes(1));
        var again = await _service.SignInAsync(PersonRows.Phone);
        Assert.That(again.AccountId(), Is.Not.EqualTo(person.Volunteer.AccountId));
        Assert.That(again["hats"]!.AsArray(), Is.Empty);
    }

    [TestCase("UPDATE assignments SET state = 'Confirmed' WHERE id = @Id", "assignment")]
    [TestCase("UPDATE assignments SET state = 'CheckedOut' WHERE id = @Id", "assignment")]
    [TestCase("UPDATE orders SET state = 'AwaitingConfirmation' WHERE id = @Id", "order")]
    [TestCase("UPDATE orders SET state = 'Disputed' WHERE id = @Id", "order")]
    [TestCase("UPDATE wishes SET state = 'Submitted' WHERE id = @Id", "wish")]
    public async Task Nobody_is_forgotten_while_something_is_open(string makeOpen, string what)
    {
        var person = await PersonRows.CreateAsync(_service, _world);
        person.Run(makeOpen, what switch { "assignment" => person.AssignmentId, "order" => person.OrderId, _ => person.WishId });
        var before = PersonRows.Traces(_service);

        var answer = await _service.As(person.Volunteer).AskAsync(HttpMethod.Delete, "/me/data");

        Assert.That((answer.Status, answer.Code), Is.EqualTo((409, "still_in_service")));
        Assert.That(PersonRows.Traces(_service), Is.EqualTo(before));
        (await _service.As(person.Volunteer).ReadAsync("/me")).Yes();
    }

    [Test]
    public async Task An_open_offer_is_taken_back_when_its_volunteer_goes()
    {
        var person = await PersonRows.CreateAsync(_service, _world);
        person.Run("UPDATE offers SET state = 'Pending', answered_at = NULL WHERE volunteer_id = @Id", person.VolunteerId);

        (await _service.As(person.Volunteer).AskAsync(HttpMethod.Delete, "/me/data")).Yes();

        Assert.That(person.Column("SELECT state FROM offers WHERE volunteer_id = @Id", person.VolunteerId), Is.EqualTo(new[] { "Withdrawn" }));
        Assert.That(person.Column("SELECT status FROM volunteers WHERE id = @Id", person.VolunteerId), Is.EqualTo(new[] { "Left" }));
    }

    [Test]
    public async Task The_last_platform_admin_cannot_be_forgotten()
    {
        var admin = await _world.HatAsync(Role.PlatformAdmin);

        Assert.That((await _service.As(admin).AskAsync(HttpMethod.Delete, "/me/data")).Code, Is.EqualTo("last_platform_admin"));
    }
}
