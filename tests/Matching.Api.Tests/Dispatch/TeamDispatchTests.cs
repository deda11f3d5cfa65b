using Matching.Accounts;
using Matching.Api.Volunteers;
using Matching.Api.Plumbing.Database;
using Matching.Invariants;
using Matching.Orders;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Dispatch;

/// <summary>An order for several goes to a team: the captain says yes and who goes.</summary>
public class TeamDispatchTests
{
    private static readonly DateTimeOffset Start = new(2026, 5, 9, 16, 0, 0, TimeSpan.FromHours(8));

    private static readonly Sql<ById> Suspend = new("UPDATE volunteers SET status = 'Suspended' WHERE id = @Id");

    private static readonly Sql<ById, TopicRow> Told = new("SELECT topic, subject_id FROM notices WHERE account_id = @Id ORDER BY id");

    private Service _service = null!;
    private DispatchWorld _world = null!;
    private HttpClient _admin = null!;

    [SetUp]
    public async Task Start_the_service()
    {
        _service = await Service.StartAsync();
        _world = await DispatchWorld.CreateAsync(_service);
        _admin = await _world.Wishes.AsAsync(Role.SiteAdmin, _world.World.NorthStation);
    }

    [TearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task A_team_takes_an_order_serves_it_and_each_member_has_the_hours()
    {
        var members = await MembersAsync(4);
        var team = await TeamAsync(members);
        var order = await ForTeamsAsync(wanted: 3);

        var offer = (await team.Captain.ReadAsync("/me/offers?open=true")).Yes()["items"]!.AsArray().Single(one => (string?)one!["orderId"] == order)!;
        Assert.That(((string?)offer["state"], (int?)offer["peopleWanted"]), Is.EqualTo(("pending", 3)));
        var notice = (await team.Captain.ReadAsync("/me/notices")).Yes()["items"]!.AsArray().Single(one => (string?)one!["topic"] == "offer.sent")!;
        Assert.That((string?)notice["body"]!["teamId"], Is.EqualTo(team.Id), "she has two hats, and is asked under one of them");
        var going = members[1..];
        var accepted = (await AcceptAsync(team, (string)offer["id"]!, going)).Yes();
        Assert.That((await _world.FindAsync(order)).State, Is.EqualTo(OrderState.Accepted));
        await _service.SettleAsync();
        Assert.That(await ToldAsync(going[0]), Has.Member("assignment.given"), "her captain said yes for her");

        var assignments = accepted["assignmentIds"]!.AsArray().Select(id => (string)id!).ToList();
        Assert.That((await team.Captain.ReadAsync("/me/assignments?open=true")).Yes()["items"]!.AsArray(), Has.Count.EqualTo(3));
        await _service.UntilAsync(Start);
        foreach (var assignment in assignments)
        {
            var came = (await team.Captain.PostAsync($"/assignments/{assignment}/check-in", new { })).Yes();
            Assert.That(((string?)came["method"], (string?)came["evidence"]), Is.EqualTo(("organiser", "D")));
        }

        await _service.UntilAsync(Start.AddHours(1));
        foreach (var assignment in assignments)
        {
            (await team.Captain.PostAsync($"/assignments/{assignment}/check-out", new { })).Yes();
        }

        (await _world.Wishes.Resident.PostAsync($"/orders/{order}/confirm", new { })).Yes();

        foreach (var member in going)
        {
            var hours = (await member.Client.ReadAsync("/me/hours")).Yes();
            Assert.That(((int)hours["totalMinutes"]!, (string?)hours["items"]![0]!["orderId"]), Is.EqualTo((60, order)));
        }

        Assert.That((int)(await members[0].Client.ReadAsync("/me/hours")).Yes()["totalMinutes"]!, Is.Zero, "the captain stayed at home");
        await HoldsAsync();
    }

    [Test]
    public async Task Nobody_vouches_for_herself_not_even_a_captain()
    {
        var members = await MembersAsync(2);
        var team = await TeamAsync(members);
        var order = await ForTeamsAsync(wanted: 2);
        var accepted = (await AcceptAsync(team, await OfferAsync(team, order), members)).Yes();
        await _service.UntilAsync(Start);

        var own = await team.Captain.PostAsync($"/assignments/{accepted["assignmentIds"]![0]}/check-in", new { });

        Assert.That(own.Code, Is.EqualTo("presence_not_shown"));
        (await team.Captain.PostAsync($"/assignments/{accepted["assignmentIds"]![1]}/check-in", new { })).Yes();
        var stranger = await TeamAsync(await MembersAsync(1));
        Assert.That((await stranger.Captain.PostAsync($"/assignments/{accepted["assignmentIds"]![0]}/check-in", new { })).Code, Is.EqualTo("assignment_unknown"));
    }

    [Test]
    public async Task A_captain_is_told_which_of_those_she_names_cannot_go_and_why()
    {
        var members = await MembersAsync(5);
        var team = await TeamAsync(members);
        var stranger = await _world.VolunteerAsync(_world.World.NorthStation);
        var order = await ForTeamsAsync(wanted: 3);
        var offer = await OfferAsync(team, order);
        await SuspendAsync(members[2]);

        async Task<(int, string?, string?)> NamingAsync(params Helper[] named)
        {
            var answer = await AcceptAsync(team, offer, named);
            return (answer.Status, answer.Code, (string?)answer["field"]);
        }

        Assert.That(await NamingAsync(members[0], members[2]), Is.EqualTo((422, "rule_broken_not_suspended", "volunteerIds[1]")));
        Assert.That(await NamingAsync(members[0], stranger), Is.EqualTo((422, "team_member_not", "volunteerIds[1]")));
        Assert.That(await NamingAsync(members[0], members[1], members[3], members[4]), Is.EqualTo((409, "too_many_for_seats", "volunteerIds")));
        Assert.That((await team.Captain.PostAsync($"/offers/{offer}/accept", new { })).Code, Is.EqualTo("team_members_needed"));
        Assert.That((await _world.FindAsync(order)).SeatsFilled, Is.Zero, "all of them or none");

        (await NotMemberAnyMore(team, members[4])).Yes();
        Assert.That(await NamingAsync(members[4]), Is.EqualTo((422, "team_member_not", "volunteerIds[0]")));

        // Named twice is there once.
        Assert.That((await AcceptAsync(team, offer, members[0], members[0], members[1])).Yes()["assignmentIds"]!.AsArray(), Has.Count.EqualTo(2));
        Assert.That((await _world.FindAsync(order)).SeatsFilled, Is.EqualTo(2));
        await HoldsAsync();
    }

    [Test]
    public async Task A_member_who_is_at_another_service_cannot_be_named()
    {
        var members = await MembersAsync(2);
        var team = await TeamAsync(members);
        var first = await ForTeamsAsync(wanted: 1);
        (await AcceptAsync(team, await OfferAsync(team, first), members[0])).Yes();
        var second = await ForTeamsAsync(wanted: 1);
        var offer = await OfferAsync(team, second);

        Assert.That((await AcceptAsync(team, offer, members[0])).Code, Is.EqualTo("rule_broken_no_overlap"));
        (await AcceptAsync(team, offer, members[1])).Yes();
        await HoldsAsync();
    }

    [Test]
    public async Task Who_was_asked_alone_before_can_still_go_with_the_team()
    {
        var members = await MembersAsync(2);
        var team = await TeamAsync(members);
        var order = await _world.OrderAsync(wanted: 2, needed: 2);
        await _service.SettleAsync();
        foreach (var member in members)
        {
            Assert.That(await DispatchWorld.OfferAsync(member, order), Is.Not.Null);
        }

        (await _world.Dispatcher.PostAsync($"/orders/{order}/dispatch", new { mode = "team" })).Yes();
        await _service.SettleAsync();
        (await AcceptAsync(team, await OfferAsync(team, order), members)).Yes();

        foreach (var member in members)
        {
            Assert.That(await DispatchWorld.OfferAsync(member, order), Is.Null, "nothing is left to answer");
        }

        await HoldsAsync();
    }

    [Test]
    public async Task A_team_that_was_too_late_is_asked_again_when_a_seat_is_given_back()
    {
        var (firstMembers, secondMembers) = (await MembersAsync(1), await MembersAsync(1));
        var (first, second) = (await TeamAsync(firstMembers), await TeamAsync(secondMembers));
        var order = await ForTeamsAsync(wanted: 1);
        var accepted = (await AcceptAsync(first, await OfferAsync(first, order), firstMembers)).Yes();
        Assert.That((await AcceptAsync(second, await LastOfferAsync(second, order), secondMembers)).Code, Is.EqualTo("seat_taken"));

        (await firstMembers[0].Client.PostAsync($"/assignments/{accepted["assignmentIds"]![0]}/release", new { reason = "孩子病了" })).Yes();
        await _service.SettleAsync();

        (await AcceptAsync(second, await OfferAsync(second, order), secondMembers)).Yes();
        Assert.That((await _world.FindAsync(order)).State, Is.EqualTo(OrderState.Accepted));
    }

    [Test]
    public async Task In_an_emergency_the_teams_for_emergencies_are_asked_first()
    {
        // As many as are asked at first in an emergency, twice three for a seat; of equals the one that was there first is asked.
        for (var i = 0; i < 6; i++)
        {
            await TeamAsync(await MembersAsync(1));
        }

        var ready = await TeamAsync("应急队", emergency: true, await MembersAsync(1));
        (await _admin.PostAsync($"/sites/{_world.World.NorthStation.Id}/emergency", new { reason = "内涝", endsAt = Service.Friday.AddHours(6) })).Yes();

        var order = await ForTeamsAsync(wanted: 1);

        Assert.That(await OfferAsync(ready, order), Is.Not.Null);
    }

    [Test]
    public async Task Of_captains_who_say_yes_at_once_one_team_goes_and_the_others_hear_why()
    {
        for (var round = 0; round < 10; round++)
        {
            var teams = new List<(Team Team, Helper[] Members)>();
            for (var i = 0; i < 4; i++)
            {
                var members = await MembersAsync(2);
                teams.Add((await TeamAsync(members), members));
            }

            var order = await ForTeamsAsync(wanted: 3);
            var offers = await Task.WhenAll(teams.Select(team => OfferAsync(team.Team, order)));

            var answers = await Task.WhenAll(teams.Zip(offers).Select(one => AcceptAsync(one.First.Team, one.Second, one.First.Members)));

            Assert.That(answers.Count(answer => answer.Status == 200), Is.EqualTo(1), "two of three seats: a second team of two does not fit");
            Assert.That(answers.Where(answer => answer.Status != 200).Select(answer => (answer.Status, answer.Code)), Is.All.EqualTo((409, "too_many_for_seats")));
            Assert.That((await _world.FindAsync(order)).SeatsFilled, Is.EqualTo(2));
            await GoAsync(teams.SelectMany(team => team.Members));
        }

        await HoldsAsync();
    }

    [Test]
    public async Task Two_captains_who_name_the_same_member_at_once_do_not_both_have_her()
    {
        for (var round = 0; round < 10; round++)
        {
            var shared = await MembersAsync(3);
            var (one, other) = (await TeamAsync(shared), await TeamAsync([shared[1], shared[2], shared[0]]));
            var (first, second) = (await ForTeamsAsync(wanted: 3), await ForTeamsAsync(wanted: 3));
            var (ofOne, ofOther) = (await OfferAsync(one, first), await OfferAsync(other, second));

            var answers = await Task.WhenAll(AcceptAsync(one, ofOne, shared), AcceptAsync(other, ofOther, [.. shared.Reverse()]));

            Assert.That(answers.Select(answer => answer.Code), Is.EquivalentTo(new[] { null, "rule_broken_no_overlap" }));
            Assert.That((await _world.FindAsync(first)).SeatsFilled + (await _world.FindAsync(second)).SeatsFilled, Is.EqualTo(3));
            await GoAsync(shared);
        }

        await HoldsAsync();
    }

    [Test]
    public async Task A_captain_and_a_volunteer_who_say_yes_at_once_never_take_more_seats_than_there_are()
    {
        for (var round = 0; round < 10; round++)
        {
            var members = await MembersAsync(2);
            var team = await TeamAsync(members);
            var order = await ForTeamsAsync(wanted: 2);
            var alone = await _world.VolunteerAsync(_world.World.NorthStation);
            (await _world.Dispatcher.PostAsync($"/orders/{order}/dispatch", new { mode = "manual", volunteerIds = new[] { alone.Id.ToString() } })).Yes();
            await _service.SettleAsync();
            var (ofTeam, ofHers) = (await OfferAsync(team, order), await DispatchWorld.OfferAsync(alone, order));

            var answers = await Task.WhenAll(AcceptAsync(team, ofTeam, members), alone.Client.PostAsync($"/offers/{ofHers}/accept", new { }));

            var filled = (await _world.FindAsync(order)).SeatsFilled;
            Assert.That(
                (answers[0].Code, answers[1].Code, filled),
                Is.EqualTo(((string?)null, "seat_taken", 2)).Or.EqualTo(("too_many_for_seats", (string?)null, 1)));
            await GoAsync([.. members, alone]);
        }

        await HoldsAsync();
    }

    // ── What these tests do again and again ─────────────────────────────────────────────────────────────────────────

    private Task<Helper[]> MembersAsync(int count) => Task.WhenAll(Enumerable.Range(0, count).Select(i => _world.VolunteerAsync(_world.World.NorthStation, 50 + i)));

    /// <summary>A team of these; the first of them is its captain.</summary>
    private Task<Team> TeamAsync(params Helper[] members) => TeamAsync("暖心队", emergency: false, members);

    private async Task<Team> TeamAsync(string name, bool emergency, params Helper[] members)
    {
        var id = (string)(await _admin.PostAsync(
            "/teams", new { name, category = "helpInNeed", siteId = _world.World.NorthStation.Id.ToString(), emergency })).Yes()["id"]!;
        foreach (var member in members)
        {
            (await _admin.PostAsync($"/teams/{id}/members", new { volunteerId = member.Id.ToString() })).Yes();
        }

        (await _admin.AskAsync(HttpMethod.Patch, $"/teams/{id}", new { captainId = members[0].Id.ToString() }, ifMatch: 1 + members.Length)).Yes();
        var hat = (await members[0].Client.ReadAsync("/me")).Yes()["hats"]!.AsArray()
            .Single(one => (string?)one!["role"] == "captain" && (string?)one["subjectId"] == id)!;
        return new Team(id, _service.As(new Hat(Id.ParseOrNone((string)hat["id"]!), members[0].Hat.AccountId, Role.Captain, null, Id.ParseOrNone(id))));
    }

    /// <summary>An order whose search asks teams, under way.</summary>
    private async Task<string> ForTeamsAsync(int wanted)
    {
        var order = await _world.OrderAsync(wanted: wanted, needed: wanted);
        (await _world.Dispatcher.PostAsync($"/orders/{order}/dispatch", new { mode = "team" })).Yes();
        await _service.SettleAsync();
        return order;
    }

    private static async Task<string> OfferAsync(Team team, string order) => await OfferAsync(team, order, "?open=true");

    private static Task<string> LastOfferAsync(Team team, string order) => OfferAsync(team, order, "");

    private static async Task<string> OfferAsync(Team team, string order, string which) => (string)(await team.Captain.ReadAsync("/me/offers" + which)).Yes()["items"]!
        .AsArray().First(offer => (string?)offer!["orderId"] == order)!["id"]!;

    private static Task<Answer> AcceptAsync(Team team, string offer, params Helper[] going) =>
        team.Captain.PostAsync($"/offers/{offer}/accept", new { volunteerIds = going.Select(one => one.Id.ToString()) });

    private Task<Answer> NotMemberAnyMore(Team team, Helper member) => _admin.AskAsync(HttpMethod.Delete, $"/teams/{team.Id}/members/{member.Id}");

    private Task SuspendAsync(Helper member) => _service.Database.WriteAsync(
        async tx =>
        {
            await tx.ExecuteAsync(Suspend, new ById(member.Id));
            await _service.Services.GetRequiredService<VolunteerStore>().TouchAsync(tx, member.Id);
        },
        CancellationToken.None);

    /// <summary>Out of the way of the next round.</summary>
    private async Task GoAsync(IEnumerable<Helper> helpers)
    {
        foreach (var helper in helpers)
        {
            await _world.LeaveAsync(helper);
        }
    }

    private async Task<IReadOnlyList<string>> ToldAsync(Helper helper) =>
        [.. (await _service.Database.ListAsync(Told, new ById(helper.Hat.AccountId))).Select(row => row.Topic)];

    private async Task HoldsAsync()
    {
        await _service.SettleAsync();
        Assert.That(InvariantCheck.Run(_service.DatabaseFile).Broken.Select(finding => finding.ToString()), Is.Empty);
    }

    private sealed record Team(string Id, HttpClient Captain);

    private sealed record TopicRow
    {
        public string Topic { get; init; } = "";

        public Id SubjectId { get; init; }
    }
}
