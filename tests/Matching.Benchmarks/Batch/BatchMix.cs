using Matching.Benchmarks.Crowds;
using Matching.Engine;
using Matching.Geography;
using Matching.Volunteers;

namespace Matching.Benchmarks.Batch;

/// <summary>
/// Orders that wait together and the crowd that might take them: 70 % common and 30 % rare wishes of wide radius, one seat each, their windows spread over
/// some weeks; volunteers with room for one to three, five orders a week and eight hours a day, so many of them that the orders ask for
/// <see cref="Demand"/> times the room of those who are active.
/// </summary>
internal sealed class BatchMix
{
    private static readonly DateTimeOffset Monday = new(2026, 5, 11, 0, 0, 0, TimeSpan.FromHours(8));

    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    private readonly Ask[] _asks;
    private readonly BatchVolunteer[] _people;

    private BatchMix(double demand, Ask[] asks, BatchVolunteer[] people, BatchGraph graph) => (Demand, _asks, _people, Graph) = (demand, asks, people, graph);

    public double Demand { get; }

    public BatchGraph Graph { get; }

    public int Orders => _asks.Length;

    public int WithCandidates => Enumerable.Range(0, Graph.Orders).Count(order => Graph.First[order] < Graph.First[order + 1]);

    public static BatchMix Make(int orders, double demand, int k)
    {
        var world = World.City();

        // 70 % are active, and they have room for two on average.
        var count = (int)(orders / (0.7 * 2 * demand));
        var people = new Crowd(world, count, seed: (ulong)orders).ToArray();
        var asks = Enumerable.Range(0, orders)
            .Select(number => Ask.Draw(world, number % 10 < 7 ? AskClass.CommonWide : AskClass.RareWide, number)).ToArray();
        var hits = Candidates.Of(people, asks, k);
        var first = new int[orders + 1];
        for (var order = 0; order < orders; order++)
        {
            first[order + 1] = first[order] + hits[order].Length;
        }

        var volunteers = Enumerable.Range(0, count).Select(number => new BatchVolunteer(
            IdOf(number, IdKind.Volunteer), 1 + new Dice(3, (ulong)number).Below(3), new Limits(5, 8 * 60))).ToArray();
        var graph = new BatchGraph(
            [.. Enumerable.Repeat(1, orders)],
            [.. volunteers.Select(volunteer => volunteer.Orders)],
            first,
            [.. hits.SelectMany(of => of).Select(hit => hit.Number)],
            [.. hits.SelectMany(of => of).Select(hit => (long)(hit.Score * Engine.Batch.Unit))]);
        return new BatchMix(demand, asks, volunteers, graph);
    }

    /// <summary>The orders with their windows spread over so many weeks, in turn.</summary>
    public BatchOrder[] OrdersOver(int weeks) =>
    [
        .. _asks.Select(ask =>
        {
            var start = Monday.AddDays(7 * (ask.Number / 10 % weeks)).AddHours(ask.FirstHour);
            return new BatchOrder(
                IdOf(ask.Number, IdKind.Order), 1, new Window(start, start.AddHours(ask.Hours)), new Place(ask.Lat, ask.Lng), ask.Hours * 60, []);
        }),
    ];

    public Hands HandsFor(BatchOrder[] orders) => new(orders, _people, Zone);

    /// <summary>Orders that their volunteer cannot do beside their others, by the hard rules themselves.</summary>
    public int Broken(Allocation plan, BatchOrder[] orders)
    {
        var broken = 0;
        for (var volunteer = 0; volunteer < Graph.Volunteers; volunteer++)
        {
            var held = plan.HeldBy(volunteer).ToArray().Select(candidate => orders[Graph.OrderOf[candidate]]).ToArray();
            foreach (var order in held)
            {
                var facts = new VolunteerFacts
                {
                    Id = _people[volunteer].VolunteerId,
                    HomePath = "",
                    Limits = _people[volunteer].Limits,
                    Bookings = [.. held.Where(other => other != order).Select(other => new Booking(other.OrderId, other.Window, other.Place, other.Minutes))],
                };
                var need = new Need
                {
                    OrderId = order.OrderId, Pools = [], Place = order.Place, Window = order.Window, Minutes = order.Minutes, Zone = Zone, AsOf = Monday,
                };
                broken += HardRules.Keeps(HardRule.NoOverlap, facts, need) && HardRules.Keeps(HardRule.BelowLimits, facts, need) ? 0 : 1;
            }
        }

        return broken;
    }

    private static Id IdOf(int number, IdKind kind) => Id.From(((UInt128)(uint)number << 8) | (byte)kind);
}
