using System.Text.Json;
using Matching.Replay.Playing;

namespace Matching.TestPartner.Town;

/// <summary>What the town does so that orders move: curators curate, volunteers say yes and no, the dispatcher checks them in and out, the center settles disputes.</summary>
public sealed class Neighbours(Place place, Chance chance)
{
    private readonly List<Seat> _seats = [];
    private readonly HashSet<string> _seenBefore = [];

    public int Curated { get; private set; }

    public int Accepted { get; private set; }

    public int Served { get; private set; }

    public int Settled { get; private set; }

    /// <summary>Every wish that waits is taken up. The first time it may be asked about, rejected, referred or merged; the second time an order is made of it.</summary>
    public async Task CurateAsync()
    {
        string? before = null;
        foreach (var wish in await place.Curator.ListAsync("wishes?state=submitted,triaging"))
        {
            var id = wish.GetProperty("id").GetString()!;
            // What was appealed lies with the parent, which somebody else has to look at.
            var who = wish.GetProperty("appealed").GetBoolean() ? place.Admin : place.Curator;
            await who.PostAsync($"wishes/{id}/claim");
            before = await DecideAsync(who, id, Words(wish), before) ? id : before;
        }
    }

    /// <summary>Everybody answers what they are asked.</summary>
    public async Task AnswerOffersAsync()
    {
        foreach (var volunteer in place.Volunteers)
        {
            foreach (var offer in (await OpenOffersAsync(volunteer)).Items)
            {
                var (id, orderId) = (offer.GetProperty("id").GetString()!, offer.GetProperty("orderId").GetString()!);
                if (chance.Is($"{volunteer.Number} says no to {offer.GetProperty("windowStart").GetString()}", 0.15))
                {
                    await volunteer.Person.PostAsync($"offers/{id}/decline", new { reason = "time" });
                    continue;
                }

                var answer = await volunteer.Person.PostAsync($"offers/{id}/accept");
                if (answer.IsYes)
                {
                    Accepted++;
                    _seats.AddRange(answer.Json.GetProperty("assignmentIds").EnumerateArray()
                        .Select(seat => new Seat(seat.GetString()!, orderId, offer.GetProperty("windowStart").GetDateTimeOffset())));
                }
            }
        }

        static async Task<Reply> OpenOffersAsync(Volunteer volunteer) => (await volunteer.Person.GetAsync("me/offers?open=true")).Yes();
    }

    /// <summary>Most come; who does not is a no-show.</summary>
    public async Task BeginServicesAsync(DateTimeOffset start)
    {
        foreach (var seat in _seats.Where(seat => seat.Start == start).Where((_, nth) => !chance.Is($"{start:O} {nth} is forgotten", 0.08)))
        {
            await place.Dispatcher.PostAsync($"assignments/{seat.AssignmentId}/check-in");
        }
    }

    /// <summary>Who forgets to leave leaves by the clock.</summary>
    public async Task EndServicesAsync(DateTimeOffset start)
    {
        foreach (var seat in _seats.Where(seat => seat.Start == start))
        {
            Served += (await place.Dispatcher.PostAsync($"assignments/{seat.AssignmentId}/check-out")).IsYes ? 1 : 0;
        }
    }

    /// <summary>The center has heard both sides.</summary>
    public async Task SettleDisputesAsync()
    {
        foreach (var order in await place.Admin.ListAsync("orders?state=disputed"))
        {
            Settled += (await place.Admin.PostAsync($"orders/{order.GetProperty("id").GetString()}/resolve", new
            {
                outcome = chance.Is($"{Settled} comes to nothing", 0.3) ? "fail" : "settle", reason = "双方都问过了",
            })).IsYes ? 1 : 0;
        }
    }

    private async Task<bool> DecideAsync(Person who, string id, string words, string? before)
    {
        var first = _seenBefore.Add(id);
        var said = (first ? chance.Of(words + " at the desk") : 1) switch
        {
            < 0.15 => await who.PostAsync($"wishes/{id}/ask", new { question = "几楼？" }),
            < 0.27 => await who.PostAsync($"wishes/{id}/reject", new { reason = "志愿者做不了" }),
            < 0.32 => await who.PostAsync($"wishes/{id}/refer", new { to = "110" }),
            < 0.40 when before is not null => await who.PostAsync($"wishes/{id}/merge", new { into = before }),
            _ => null,
        };
        if (said is { IsYes: true })
        {
            return false;
        }

        var made = await who.PostAsync($"wishes/{id}/curate", new { order = new { menuItemId = place.VisitItemId } });
        Curated += made.IsYes ? 1 : 0;
        return made.IsYes;
    }

    private static string Words(JsonElement wish) => wish.GetProperty("words").GetString()!;
}
