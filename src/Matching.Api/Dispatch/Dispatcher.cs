using System.Text.Json;
using Matching.Api.Messages;
using Matching.Api.Offers;
using Matching.Api.Orders;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Api.Volunteers;
using Matching.Engine;
using Matching.Offers;
using Matching.Orders;
using Matching.Policies;

namespace Matching.Api.Dispatch;

/// <summary>
/// Asks people: finds the best under the hard rules and opens a round with their offers. Matching is asked outside of any transaction; the round is then
/// written only if nobody has touched the order meanwhile, so of two processes that take the same step one finds that it was second.
/// </summary>
[Shared]
public sealed class Dispatcher(
    Database database,
    Ids ids,
    TimeProvider clock,
    OrderStore orders,
    OfferStore offers,
    VolunteerStore volunteers,
    SiteStore sites,
    PolicyStore policies,
    NeedStore needs,
    VolunteerPool pool,
    TeamSearch teams,
    MessageSettings messages)
{
    /// <summary>Candidates that a run of matching keeps beside those who were asked.</summary>
    private const int Kept = 20;

    /// <summary>Candidates of an order that waits with others: with twenty the best plan is a tenth worse than with forty, with sixty hardly better.</summary>
    private const int ToChooseFrom = 40;

    /// <summary>The next wave of the level, or everybody of the level who is left.</summary>
    public async Task<bool> OpenRoundAsync(OrderRow order, bool everybody, CancellationToken ct)
    {
        var search = await SearchAsync(order);
        var facts = await database.ReadAsync(rows => orders.FactsAsync(rows, order), ct);
        var wave = (facts.Round?.Wave ?? 0) + 1;
        var size = everybody ? null : WavePlan.Size(order.Mode, order.Urgency, wave, facts.OpenSeats, search.Policy);
        if (order.Mode == DispatchMode.Team)
        {
            var found = await teams.BestAsync(order, search, size ?? int.MaxValue, ct);
            return await OpenAsync(order, search, wave, found, null, size is null || found.Count < size, ct);
        }

        var current = await pool.CurrentAsync(ct);
        var ranking = current.Best(search.Need, search.Policy.Weights, size is { } most ? Math.Max(most, Kept) : int.MaxValue);
        var chosen = ranking.Candidates.Take(size ?? int.MaxValue).ToList();
        var run = RunOf(order, search, ranking, chosen, together: 1);
        return await OpenAsync(order, search, wave, await AskAsync(chosen), run, size is null || chosen.Count < size, ct);
    }

    /// <summary>
    /// The next waves of orders of one center that are due together, so that scarce people are asked first for what nobody else can do. The plan is only advice:
    /// each round is opened in a transaction of its own, if nobody has touched its order since and whom it asks still keep every rule. So half a batch does no
    /// harm, nor do two processes with the same one; what was not opened is still due.
    /// </summary>
    public async Task<int> OpenRoundsAsync(IReadOnlyList<OrderRow> together, CancellationToken ct)
    {
        var current = await pool.CurrentAsync(ct);
        var waves = new List<WaitingWave>(together.Count);
        foreach (var order in together)
        {
            var search = await SearchAsync(order);
            var facts = await database.ReadAsync(rows => orders.FactsAsync(rows, order), ct);
            var number = (facts.Round?.Wave ?? 0) + 1;
            var size = WavePlan.Size(order.Mode, order.Urgency, number, facts.OpenSeats, search.Policy) ?? int.MaxValue;
            var most = Math.Max(ToChooseFrom, size > int.MaxValue / 2 ? int.MaxValue : size * 2);
            waves.Add(new WaitingWave(order, search, number, facts.OpenSeats, size, most, current.Best(search.Need, search.Policy.Weights, most)));
        }

        var people = await BusyAsync(waves.SelectMany(wave => wave.Ranking.Candidates).Select(candidate => candidate.VolunteerId).Distinct().ToList(), ct);
        var plan = Waves.Plan([.. waves.Select(wave => wave.ToOrder(people))], people);
        var done = 0;
        foreach (var (wave, chosen) in waves.Zip(plan))
        {
            if (ct.IsCancellationRequested)
            {
                break;
            }

            done += await OpenPlannedAsync(wave, chosen, together.Count, ct) ? 1 : 0;
        }

        return done;
    }

    private async Task<bool> OpenPlannedAsync(WaitingWave wave, IReadOnlyList<Candidate> chosen, int together, CancellationToken ct)
    {
        var facts = await volunteers.FactsAsync([.. chosen.Select(candidate => candidate.VolunteerId)]);
        if (facts.Count < chosen.Count || facts.Any(volunteer => HardRules.FirstBroken(volunteer, wave.Search.Need) is not null))
        {
            // Since the plan was made somebody has promised something else, or left.
            return await OpenRoundAsync(wave.Order, everybody: false, ct);
        }

        var isEverybody = wave.Ranking.Candidates.Length < wave.Most && chosen.Count == wave.Ranking.Candidates.Length;
        var run = RunOf(wave.Order, wave.Search, wave.Ranking, chosen, together);
        return await OpenAsync(wave.Order, wave.Search, wave.Number, await AskAsync(chosen), run, isEverybody, ct);
    }

    /// <summary>Volunteers with what they have been asked for and not answered among their bookings.</summary>
    private async Task<Dictionary<Id, VolunteerFacts>> BusyAsync(IReadOnlyCollection<Id> volunteerIds, CancellationToken ct)
    {
        var pending = (await offers.PendingOfAsync(volunteerIds)).ToLookup(offer => offer.VolunteerId, offer => offer.ToBooking());
        return (await volunteers.FactsAsync(volunteerIds)).ToDictionary(
            volunteer => volunteer.Id, volunteer => volunteer with { Bookings = volunteer.Bookings.AddRange(pending[volunteer.Id]) });
    }

    /// <summary>Asks those whom a dispatcher picked. Each keeps every rule, or the first that does not says which rule it breaks.</summary>
    public async Task<Outcome<List<NewOffer>>> PickAsync(OrderRow order, IReadOnlyList<Id> volunteerIds, CancellationToken ct)
    {
        var search = await SearchAsync(order, wholeCenter: true);
        var current = await pool.CurrentAsync(ct);
        var chosen = new List<Candidate>();
        foreach (var id in volunteerIds.Distinct())
        {
            switch (current.WhyNot(search.Need, search.Policy.Weights, id))
            {
                case null:
                    return Refusals.VolunteerUnknown.At("volunteerIds");
                case { Candidate: { } candidate }:
                    chosen.Add(candidate);
                    break;
                case { Broken.First: { } rule }:
                    return rule.Refusal().At("volunteerIds");
            }
        }

        return await AskAsync(chosen);
    }

    /// <summary>Everything that a question about this order needs: policy, how far, and the need itself.</summary>
    public async Task<OrderSearch> SearchAsync(OrderRow order, bool wholeCenter = false)
    {
        var policy = await policies.EffectiveAsync(order.CenterId, order.OwnerPath, clock.GetUtcNow());
        var owner = (await sites.FindAsync(order.OwnerSiteId))!;
        var radius = wholeCenter ? null : WavePlan.RadiusM(order.Level, owner.RadiusM, policy);
        return new OrderSearch(policy, radius, await needs.ForOrderAsync(order, policy, order.OwnerPath, radius));
    }

    /// <summary>Writes a round that has been decided; for use inside a transaction that has locked the order.</summary>
    public async Task OpenAsync(
        Transaction tx, OrderRow order, Policy policy, double? radiusM, int wave, IReadOnlyList<NewOffer> asked, NewRun? run, bool allAsked)
    {
        if (order.RoundId is { } running)
        {
            await offers.CloseRoundAsync(tx, running);
        }

        var now = clock.GetUtcNow();
        Id? roundId = null;
        if (asked.Count > 0)
        {
            // Where messages go out, clocks start as they are delivered; until then they are set as if it took as long as it may.
            var startsAt = messages.Carry ? WavePlan.StartsBy(order.Urgency, now, policy) : now;
            var closesAt = WavePlan.ClosesAt(order.Urgency, now, startsAt, order.Window, policy);
            var round = new NewRound(
                ids.Next(IdKind.Round), order.Id, order.Mode.ToString(), order.Level.ToString(), wave, order.OwnerSiteId, order.OwnerPath, radiusM, now,
                closesAt, asked.Count, policy.Version, run?.Id);
            roundId = await offers.OpenRoundAsync(tx, round, order.ToRef(), asked, run, isDelivered: !messages.Carry);
            Meters.OffersSent.Add(asked.Count, new KeyValuePair<string, object?>("mode", order.Mode.ToString()));
        }

        await orders.RoundOpenedAsync(tx, order.Id, roundId, allAsked);
    }

    private Task<bool> OpenAsync(
        OrderRow order, OrderSearch search, int wave, IReadOnlyList<NewOffer> asked, NewRun? run, bool allAsked, CancellationToken ct) =>
        database.WriteAsync(
            async tx =>
            {
                if (await orders.LockUnchangedAsync(tx, order) is not { } now)
                {
                    return false;
                }

                if (now.State == OrderState.Ready)
                {
                    await orders.MoveAsync(tx, now, OrderDeed.Dispatch, Actor.Clock);
                }

                await OpenAsync(tx, now, search.Policy, search.RadiusM, wave, asked, run, allAsked);
                await orders.SettleAsync(tx, order.Id, Actor.Clock);
                return true;
            },
            ct);

    private async Task<List<NewOffer>> AskAsync(IReadOnlyList<Candidate> chosen)
    {
        var accounts = await volunteers.AccountsOfAsync([.. chosen.Select(candidate => candidate.VolunteerId)]);
        return [.. chosen.Select((candidate, place) => new NewOffer(
            candidate.VolunteerId,
            null,
            accounts.TryGetValue(candidate.VolunteerId, out var account) ? account : null,
            place + 1,
            candidate.Score,
            JsonSerializer.Serialize(candidate.Factors, Wire.Json)))];
    }

    private NewRun RunOf(OrderRow order, OrderSearch search, Ranking ranking, IReadOnlyList<Candidate> chosen, int together)
    {
        var need = search.Need;
        var kept = ranking.Candidates.Where(candidate => candidate.Rank <= Kept || chosen.Contains(candidate));
        var query = new
        {
            need.Pools,
            need.Window,
            need.Minutes,
            need.RadiusM,
            Skills = need.Skills.Select(skill => new { skill.Skill, skill.Level }),
            need.Qualifications,
            need.InsuranceNeeded,
            need.MinorsAllowed,
            need.Language,
            need.Gender,
            AlreadyAsked = need.AlreadyAsked.Count,
            Together = together,
        };
        return new NewRun(
            ids.Next(IdKind.MatchRun), order.Id, clock.GetUtcNow(), ranking.Version, search.Policy.Version, JsonSerializer.Serialize(query, Wire.Json),
            JsonSerializer.Serialize(kept, Wire.Json));
    }

    private sealed record WaitingWave(OrderRow Order, OrderSearch Search, int Number, int OpenSeats, int Size, int Most, Ranking Ranking)
    {
        /// <summary>Who has left since the ranking is not asked.</summary>
        public WaveOrder ToOrder(IReadOnlyDictionary<Id, VolunteerFacts> people) => new(
            Search.Need, OpenSeats, Size, [.. Ranking.Candidates.Where(candidate => people.ContainsKey(candidate.VolunteerId))]);
    }
}

/// <summary>A question about an order, ready to be asked.</summary>
public sealed record OrderSearch(Policy Policy, double? RadiusM, Need Need);
