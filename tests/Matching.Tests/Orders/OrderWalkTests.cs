using FsCheck;
using Matching.Orders;
using Matching.Policies;
using Matching.Sites;
using Matching.Wishes;

namespace Matching.Tests.Orders;

/// <summary>Orders driven by their clock alone, and orders in any condition whatever.</summary>
public class OrderWalkTests
{
    private static readonly Dictionary<OrderState, OrderAction[]> Possible = new()
    {
        [OrderState.Draft] = [OrderAction.RemindStaff],
        [OrderState.Ready] = [OrderAction.OpenWave, OrderAction.AskRest, OrderAction.AskDispatcher, OrderAction.CancelShort, OrderAction.RemindStaff],
        [OrderState.Dispatching] =
        [
            OrderAction.OpenWave, OrderAction.CloseWave, OrderAction.AskRest, OrderAction.Escalate, OrderAction.HoldForPerson, OrderAction.GoAhead,
            OrderAction.AskDispatcher, OrderAction.CancelShort, OrderAction.LeaveUnfilled, OrderAction.FindNoShow,
            OrderAction.RemindDayBefore, OrderAction.RemindOnTheDay,
        ],
        [OrderState.ManualHold] =
        [
            OrderAction.RemindStaff, OrderAction.CloseWave, OrderAction.AskDispatcher, OrderAction.CancelShort, OrderAction.LeaveUnfilled,
            OrderAction.RemindDayBefore, OrderAction.RemindOnTheDay,
        ],
        [OrderState.Accepted] = [OrderAction.RemindDayBefore, OrderAction.RemindOnTheDay, OrderAction.FindNoShow],
        [OrderState.InService] =
        [
            OrderAction.OpenWave, OrderAction.CloseWave, OrderAction.AskRest, OrderAction.Escalate, OrderAction.FindNoShow, OrderAction.FinishService,
        ],
        [OrderState.AwaitingConfirmation] = [OrderAction.CloseConfirmation],
        [OrderState.AwaitingRating] = [OrderAction.CloseRating],
        [OrderState.Disputed] = [OrderAction.RemindStaff],
    };

    [FsCheck.NUnit.Property(MaxTest = 2_000)]
    public void An_order_has_one_next_step_until_it_is_finished_and_none_after(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var order = Any(random);
        var policy = random.Next(2) == 0 ? Policy.Default : Policy.Default with { Zone = "America/Los_Angeles" };

        var next = OrderClock.Next(order, policy);

        Assert.That(next is not null, Is.EqualTo(order.State.IsOpen()));
        if (next is not { } step)
        {
            return;
        }

        Assert.That(OrderClock.Next(order, policy), Is.EqualTo(next));
        Assert.That(Possible[order.State], Does.Contain(step.Action));
        Assert.That(order.ReadyAt is null || step.DueAt >= order.ReadyAt);
        if (step.Action is OrderAction.OpenWave or OrderAction.AskRest)
        {
            Assert.That(policy.QuietHoursOf(order.Urgency).IsQuiet(step.DueAt, policy.TimeZone), Is.False);
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 1_000)]
    public void Driven_by_its_clock_alone_every_order_ends_and_never_goes_back_in_time(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var ready = At.China("2026-05-04 00:00").AddMinutes(random.Next(7 * 24 * 60));
        var start = ready.AddMinutes(random.Next(-60, 10 * 24 * 60));
        var window = new Window(start, start.AddMinutes(random.Next(30, 600)));
        if (window.End <= ready)
        {
            return;
        }

        var wanted = random.Next(1, 4);
        var order = new OrderFacts
        {
            State = OrderState.Ready,
            Since = ready,
            ReadyAt = ready,
            Urgency = Urgencies.Fit((Urgency)random.Next(4), ready, window, Policy.Default),
            Level = Any<SiteKind>(random, SiteKind.Station, SiteKind.Institute, SiteKind.Center),
            Window = window,
            Wanted = wanted,
            Needed = random.Next(1, wanted + 1),
            Mode = (DispatchMode)random.Next(6),
        };
        var walk = new Walk(order, random, willing: random.NextDouble());

        walk.ToTheEnd();

        Assert.That(walk.Order.State.IsOpen(), Is.False);
        Assert.That(walk.Log.Select(step => step.At), Is.Ordered.Ascending);
        Assert.That(walk.Log.Where(step => step.Action == OrderAction.RemindDayBefore).Count(), Is.LessThanOrEqualTo(1));
    }

    [Test]
    public void A_normal_order_that_nobody_takes_tells_its_whole_story()
    {
        var monday = At.China("2026-05-04 10:00");
        var walk = new Walk(
            new OrderFacts
            {
                State = OrderState.Ready,
                Since = monday,
                ReadyAt = monday,
                Urgency = Urgency.Normal,
                Level = SiteKind.Station,
                Window = At.ChinaWindow("2026-05-06 15:00", 2),
                Wanted = 1,
                Needed = 1,
            },
            new Random(1),
            willing: 0);

        walk.ToTheEnd();

        Assert.That(
            walk.Log.Where(step => step.Action != OrderAction.RemindStaff).Select(step => $"{step.At:dd HH:mm} {step.Action}"),
            Is.EqualTo(new[]
            {
                "04 10:00 OpenWave", "04 12:00 CloseWave", "04 12:00 OpenWave", "04 14:00 CloseWave", "04 14:00 OpenWave", "04 16:00 CloseWave",
                "04 16:00 AskRest", "04 18:00 CloseWave", "04 18:00 Escalate",
                "04 18:00 OpenWave", "04 20:00 CloseWave", "04 20:00 OpenWave", "05 09:00 CloseWave", "05 09:00 OpenWave", "05 11:00 CloseWave",
                "05 11:00 AskRest", "05 13:00 CloseWave", "05 13:00 Escalate",
                "05 13:00 OpenWave", "05 15:00 CloseWave", "05 15:00 OpenWave", "05 17:00 CloseWave", "05 17:00 OpenWave", "05 19:00 CloseWave",
                "05 19:00 AskRest", "06 08:00 CloseWave", "06 08:00 HoldForPerson",
                "06 17:00 LeaveUnfilled",
            }));
        Assert.That(walk.Order.State, Is.EqualTo(OrderState.Unfilled));
    }

    [Test]
    public void A_critical_order_that_nobody_takes_is_with_a_person_after_half_an_hour()
    {
        var night = At.China("2026-05-04 23:00");
        var walk = new Walk(
            new OrderFacts
            {
                State = OrderState.Ready,
                Since = night,
                ReadyAt = night,
                Urgency = Urgency.Critical,
                Level = SiteKind.Station,
                Window = new Window(night, night.AddHours(2)),
                Wanted = 1,
                Needed = 1,
            },
            new Random(1),
            willing: 0);

        walk.ToTheEnd();

        Assert.That(
            walk.Log.Where(step => step.Action != OrderAction.RemindStaff).Select(step => $"{step.At:HH:mm} {step.Action}"),
            Is.EqualTo(new[]
            {
                "23:00 OpenWave", "23:05 CloseWave", "23:05 AskRest", "23:10 CloseWave", "23:10 Escalate",
                "23:10 OpenWave", "23:15 CloseWave", "23:15 AskRest", "23:20 CloseWave", "23:20 Escalate",
                "23:20 OpenWave", "23:25 CloseWave", "23:25 AskRest", "23:30 CloseWave", "23:30 HoldForPerson",
                "01:00 LeaveUnfilled",
            }));
    }

    private static T Any<T>(Random random, params T[] of) => of[random.Next(of.Length)];

    /// <summary>An order in any condition, likely or not.</summary>
    private static OrderFacts Any(Random random)
    {
        var state = Any(random, Enum.GetValues<OrderState>());
        var ready = At.Instant("2026-01-01T00:00:00Z").AddMinutes(random.Next(365 * 24 * 60));
        var start = ready.AddMinutes(random.Next(-2_000, 15_000));
        var opened = ready.AddMinutes(random.Next(3_000));
        return new OrderFacts
        {
            State = state,
            Since = ready.AddMinutes(random.Next(5_000)),
            ReadyAt = state == OrderState.Draft ? null : ready,
            Urgency = Any(random, Enum.GetValues<Urgency>()),
            Level = Any(random, SiteKind.Station, SiteKind.Institute, SiteKind.Center),
            LevelSince = Maybe(ready.AddMinutes(random.Next(3_000))),
            Window = new Window(start, start.AddMinutes(random.Next(10, 1_000))),
            Wanted = random.Next(1, 5),
            Needed = random.Next(1, 5),
            Seats = [.. Enumerable.Range(0, random.Next(4)).Select(_ => new SeatFacts(ready, Maybe(start), Maybe(start.AddHours(1))))],
            Mode = Any(random, Enum.GetValues<DispatchMode>()),
            Round = random.Next(3) == 0 ? null : new RoundFacts(random.Next(1, 6), opened, opened.AddMinutes(random.Next(1_000)), random.Next(2) == 0),
            EverybodyAsked = random.Next(3) == 0,
            DayBeforeSentAt = Maybe(ready),
            OnTheDaySentAt = Maybe(ready),
            DispatcherAskedAt = Maybe(ready),
            DispatcherAnswered = random.Next(2) == 0,
            StaffRemindedAt = Maybe(ready.AddMinutes(random.Next(5_000))),
        };

        DateTimeOffset? Maybe(DateTimeOffset at) => random.Next(2) == 0 ? at : null;
    }

    /// <summary>Does what the clock says, as the jobs will, through the table of states. Volunteers say yes with the given likelihood, and come as likely.</summary>
    private sealed class Walk(OrderFacts order, Random random, double willing)
    {
        private DateTimeOffset _now = order.Since;

        public OrderFacts Order { get; private set; } = order;

        public List<(DateTimeOffset At, OrderAction Action)> Log { get; } = [];

        public void ToTheEnd()
        {
            while (OrderClock.Next(Order, Policy.Default) is { } step)
            {
                Assert.That(Log, Has.Count.LessThan(3_000), "goes round in circles: " + string.Join(", ", Log.TakeLast(6)));
                _now = step.DueAt > _now ? step.DueAt : _now;
                Log.Add((_now, step.Action));
                Do(step.Action);
            }
        }

        private void Do(OrderAction action)
        {
            switch (action)
            {
                case OrderAction.OpenWave or OrderAction.AskRest:
                    if (Order.State == OrderState.Ready)
                    {
                        Move(OrderDeed.Dispatch);
                    }

                    var wave = action == OrderAction.AskRest ? Policy.Default.ClocksOf(Order.Urgency).Waves + 1 : (Order.Round?.Wave ?? 0) + 1;
                    var closes = WavePlan.ClosesAt(Order.Urgency, _now, Order.Window, Policy.Default);
                    Order = Order with { Round = new(wave, _now, closes, IsClosed: false), EverybodyAsked = wave > 5 };
                    while (Order.OpenSeats > 0 && random.NextDouble() < willing)
                    {
                        Order = Order with { Seats = [.. Order.Seats, new SeatFacts(_now)] };
                    }

                    Follow();
                    break;
                case OrderAction.CloseWave:
                    Order = Order with { Round = Order.Round!.Value with { IsClosed = true, ClosesAt = _now } };
                    break;
                case OrderAction.Escalate:
                    Order = Order with
                    {
                        Level = Order.Level == SiteKind.Station ? SiteKind.Institute : SiteKind.Center,
                        LevelSince = _now,
                        Round = null,
                        EverybodyAsked = false,
                    };
                    break;
                case OrderAction.HoldForPerson:
                    Move(OrderDeed.Hold);
                    break;
                case OrderAction.GoAhead:
                    Order = Order with { Wanted = Order.Filled };
                    Move(OrderDeed.Fill);
                    break;
                case OrderAction.AskDispatcher:
                    Order = Order with { DispatcherAskedAt = _now };
                    break;
                case OrderAction.CancelShort:
                    Move(OrderDeed.Cancel);
                    break;
                case OrderAction.LeaveUnfilled:
                    Move(OrderDeed.LeaveUnfilled);
                    break;
                case OrderAction.RemindDayBefore:
                    Order = Order with { DayBeforeSentAt = _now };
                    break;
                case OrderAction.RemindOnTheDay:
                    Order = Order with { OnTheDaySentAt = _now };
                    break;
                case OrderAction.RemindStaff:
                    Order = Order with { StaffRemindedAt = _now };
                    break;
                case OrderAction.FindNoShow:
                    MissOrCome();
                    break;
                case OrderAction.FinishService:
                    Move(OrderDeed.Finish);
                    break;
                case OrderAction.CloseConfirmation:
                    Move(OrderDeed.PassConfirmation);
                    break;
                case OrderAction.CloseRating:
                    Move(OrderDeed.Close);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(action));
            }
        }

        /// <summary>At the last moment somebody comes, or their seat is searched for anew.</summary>
        private void MissOrCome()
        {
            var seat = Order.Seats.Where(seat => !seat.HasCome).MinBy(seat => seat.ConfirmedAt);
            var others = Order.Seats.ToList();
            others.Remove(seat);
            if (random.NextDouble() < willing)
            {
                Order = Order with { Seats = [.. others, seat with { CheckedInAt = _now }] };
                Follow();
                return;
            }

            Order = Order with
            {
                Seats = others, ReadyAt = _now, Urgency = Urgencies.AfterNoShow(Order.Urgency), LevelSince = null, Round = null, EverybodyAsked = false,
            };
            Follow();
        }

        private void Follow()
        {
            if (OrderStates.Follow(Order.State, Order.Wanted, Order.Seats) is { } deed)
            {
                Move(deed);
            }
        }

        private void Move(OrderDeed deed) => Order = Order with { State = OrderStates.Move(Order.State, deed).Value, Since = _now };
    }
}
