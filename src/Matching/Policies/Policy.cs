using System.Text.Json.Serialization;
using Matching.Engine;
using Matching.Sites;
using Matching.Volunteers;
using Matching.Wishes;

namespace Matching.Policies;

/// <summary>
/// What a Center has decided for its subtree: every clock, size, radius and threshold, under a version that runs and rounds remember.
/// A fresh one holds the defaults. Written and read as JSON.
/// </summary>
public sealed record Policy
{
    /// <summary>The defaults.</summary>
    public static readonly Policy Default = new();

    /// <summary>Raised by each change.</summary>
    public int Version { get; init; } = 1;

    /// <summary>An IANA name. Weekly hours, quiet hours, days and weeks are meant in it.</summary>
    public string Zone { get; init; } = "Asia/Shanghai";

    /// <summary>An emergency is on: these are its figures.</summary>
    public bool Emergency { get; init; }

    // ── Clocks by urgency ───────────────────────────────────────────────────────────────────────────────────────────
    public UrgencyClocks Critical { get; init; } = new()
    {
        FirstOffer = FirstOffer.AtOnce,
        WaveLength = TimeSpan.FromMinutes(5),
        Waves = 1,
        Station = TimeSpan.FromMinutes(15),
        Institute = TimeSpan.FromMinutes(30),
        Center = TimeSpan.FromMinutes(60),
        ServeWithin = TimeSpan.FromHours(2),
        KeepsQuiet = false,
        RemindStaff = TimeSpan.FromMinutes(5),
    };

    public UrgencyClocks Urgent { get; init; } = new()
    {
        FirstOffer = FirstOffer.AtOnce,
        WaveLength = TimeSpan.FromMinutes(15),
        Waves = 2,
        Station = TimeSpan.FromHours(1),
        Institute = TimeSpan.FromHours(2),
        Center = TimeSpan.FromHours(4),
        ServeWithin = TimeSpan.FromHours(24),
        KeepsQuiet = false,
        RemindStaff = TimeSpan.FromMinutes(15),
    };

    public UrgencyClocks Normal { get; init; } = new()
    {
        FirstOffer = FirstOffer.OutsideQuietHours,
        WaveLength = TimeSpan.FromHours(2),
        Waves = 3,
        Station = TimeSpan.FromHours(24),
        Institute = TimeSpan.FromHours(48),
        Center = TimeSpan.FromHours(72),
        ServeWithin = TimeSpan.FromDays(7),
        KeepsQuiet = true,
        RemindStaff = TimeSpan.FromHours(4),
    };

    public UrgencyClocks Scheduled { get; init; } = new()
    {
        FirstOffer = FirstOffer.NextBatch,
        WaveLength = TimeSpan.FromHours(12),
        Waves = 3,
        Station = TimeSpan.FromHours(72),
        Institute = TimeSpan.FromHours(48),
        Center = TimeSpan.FromHours(24),
        BeforeWindow = true,
        KeepsQuiet = true,
        RemindStaff = TimeSpan.FromHours(12),
    };

    public TimeSpan BatchEvery { get; init; } = TimeSpan.FromMinutes(30);

    public QuietHours QuietHours { get; init; } = new(new TimeOnly(21, 0), new TimeOnly(8, 0));

    // ── Waves ───────────────────────────────────────────────────────────────────────────────────────────────────────

    /// <summary>How many are asked for each open seat in the first, second, … wave of a level; later waves take the last figure.</summary>
    public IReadOnlyList<int> WaveSizes { get; init; } = [3, 6, 12];

    /// <summary>
    /// The 15-minute circle, in metres as the crow flies. A brisk walker covers 1,200 m in 15 minutes (80 m a minute);
    /// cities draw their 15-minute circles of daily life with much the same radius.
    /// </summary>
    public double CircleM { get; init; } = 1_200;

    /// <summary>What a site's own radius is multiplied by at the Institute's level.</summary>
    public double SiteRadiusFactor { get; init; } = 1;

    /// <summary>
    /// How long a wave's clock waits for its messages to be delivered, at most; it starts then in any case, so that whom nobody can reach holds no wave for ever.
    /// Never longer than the wave itself.
    /// </summary>
    public TimeSpan DeliveryWithin { get; init; } = TimeSpan.FromMinutes(5);

    // ── Before and during the service ───────────────────────────────────────────────────────────────────────────────

    /// <summary>How long before the start the dispatcher is asked when too few have said yes.</summary>
    public TimeSpan AskDispatcherBefore { get; init; } = TimeSpan.FromHours(2);

    /// <summary>The time of day of the volunteers' reminder on the day itself, and of the staff's morning digest.</summary>
    public TimeOnly RemindAt { get; init; } = new(9, 0);

    /// <summary>How long before the start a volunteer can check in.</summary>
    public TimeSpan CheckInOpensBefore { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Nobody who has not checked in this long after the start is waited for.</summary>
    public TimeSpan NoShowAfter { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>A service that nobody checked out of ends by itself this long after its planned end.</summary>
    public TimeSpan CheckOutAfter { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How near the place one has to be to check in by it, in metres.</summary>
    public double GeofenceM { get; init; } = 200;

    /// <summary>Verified minutes go up to the planned minutes times this; what is beyond is cut and flagged.</summary>
    public double MostOfPlanned { get; init; } = 1.5;

    // ── Patience ────────────────────────────────────────────────────────────────────────────────────────────────────
    public TimeSpan CuratorLease { get; init; } = TimeSpan.FromMinutes(15);

    public TimeSpan NeedsInfoSilence { get; init; } = TimeSpan.FromDays(7);

    public TimeSpan ConfirmationSilence { get; init; } = TimeSpan.FromHours(48);

    public TimeSpan RatingSilence { get; init; } = TimeSpan.FromDays(7);

    /// <summary>A dispute keeps a volunteer's hours waiting, so the center is reminded of it after this long, and then in each working morning's digest.</summary>
    public TimeSpan DisputeReminder { get; init; } = TimeSpan.FromHours(48);

    // ── Hours ───────────────────────────────────────────────────────────────────────────────────────────────────────

    /// <summary>Hours for one star, two stars, and so on.</summary>
    public IReadOnlyList<int> StarHours { get; init; } = [100, 300, 600, 1_000, 1_500];

    /// <summary>Hours a day that count by themselves.</summary>
    public int HoursADayByItself { get; init; } = 8;

    /// <summary>Hours a day that count with the site's approval; more needs the center's.</summary>
    public int HoursADayBySite { get; init; } = 12;

    // ── Volunteers ──────────────────────────────────────────────────────────────────────────────────────────────────

    /// <summary>
    /// The limits of who has not said otherwise: five orders a week, one for each working day, so that nobody is worn out by a default;
    /// eight hours a day, as many as count by themselves.
    /// </summary>
    public Limits Limits { get; init; } = new(OrdersAWeek: 5, MinutesADay: 8 * 60);

    public ScoreWeights Weights { get; init; } = ScoreWeights.Default;

    /// <summary>The zone itself. Throws for a name that <see cref="Check"/> would have refused.</summary>
    [JsonIgnore]
    public TimeZoneInfo TimeZone => TimeZoneInfo.FindSystemTimeZoneById(Zone);

    public UrgencyClocks ClocksOf(Urgency urgency) => urgency switch
    {
        Urgency.Critical => Critical,
        Urgency.Urgent => Urgent,
        Urgency.Normal => Normal,
        Urgency.Scheduled => Scheduled,
        _ => throw new ArgumentOutOfRangeException(nameof(urgency)),
    };

    /// <summary>The quiet hours that an urgency keeps: the center's, or none.</summary>
    public QuietHours QuietHoursOf(Urgency urgency) => ClocksOf(urgency).KeepsQuiet ? QuietHours : QuietHours.None;

    /// <summary>When a level's time is up, for an order that was ready then and has this window.</summary>
    public DateTimeOffset LevelDeadline(Urgency urgency, SiteKind level, DateTimeOffset readyAt, Window window)
    {
        var clocks = ClocksOf(urgency);
        var length = level switch
        {
            SiteKind.Station => clocks.Station,
            SiteKind.Institute => clocks.Institute,
            SiteKind.Center => clocks.Center,
            _ => throw new ArgumentOutOfRangeException(nameof(level), "Bases and points own no orders."),
        };
        return clocks.BeforeWindow ? window.Start - length : readyAt + length;
    }

    /// <summary>
    /// The same center in an emergency: first offers at once, half the wave lengths and level deadlines, twice as many asked, two and a half
    /// times the circle (15 minutes by bicycle or scooter instead of on foot), twice the site's radius, no quiet hours. Scheduled keeps its
    /// deadlines, which hang on the window, and what happens after the service stays as it is: nobody confirms faster for it.
    /// </summary>
    public Policy InEmergency()
    {
        return Emergency ? this : this with
        {
            Emergency = true,
            Critical = Faster(Critical),
            Urgent = Faster(Urgent),
            Normal = Faster(Normal),
            Scheduled = Faster(Scheduled),
            QuietHours = QuietHours.None,
            WaveSizes = [.. WaveSizes.Select(size => size * 2)],
            CircleM = CircleM * 2.5,
            SiteRadiusFactor = SiteRadiusFactor * 2,
        };

        static UrgencyClocks Faster(UrgencyClocks clocks) => clocks with
        {
            FirstOffer = FirstOffer.AtOnce,
            WaveLength = clocks.WaveLength / 2,
            Station = clocks.BeforeWindow ? clocks.Station : clocks.Station / 2,
            Institute = clocks.BeforeWindow ? clocks.Institute : clocks.Institute / 2,
            Center = clocks.BeforeWindow ? clocks.Center : clocks.Center / 2,
            KeepsQuiet = false,
            RemindStaff = clocks.RemindStaff / 2,
        };
    }

    /// <summary>Everything that is wrong with it, each with its field; empty when it can be put in force.</summary>
    public IReadOnlyList<Refusal> Check()
    {
        var wrong = new List<Refusal>();
        Want(Version >= 1, "version");
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(Zone, out var zone) || !zone.HasIanaId)
        {
            wrong.Add(Refusals.PolicyZoneUnknown.At("zone"));
        }

        CheckClocks(Critical, "critical");
        CheckClocks(Urgent, "urgent");
        CheckClocks(Normal, "normal");
        CheckClocks(Scheduled, "scheduled");
        // A batch that does not divide the day would come at another time each day.
        Want(BatchEvery >= TimeSpan.FromMinutes(1) && TimeSpan.TicksPerDay % BatchEvery.Ticks == 0, "batchEvery");
        Want(WaveSizes is { Count: >= 1 and <= 10 } && WaveSizes.All(size => size is >= 1 and <= 1_000), "waveSizes");
        Want(CircleM is >= 100 and <= 100_000, "circleM");
        Want(SiteRadiusFactor is >= 0.1 and <= 10, "siteRadiusFactor");
        WantLength(DeliveryWithin, 24, "deliveryWithin");
        WantLength(AskDispatcherBefore, 48, "askDispatcherBefore");
        WantLength(CheckInOpensBefore, 24, "checkInOpensBefore");
        WantLength(NoShowAfter, 24, "noShowAfter");
        WantLength(CheckOutAfter, 24, "checkOutAfter");
        Want(GeofenceM is >= 10 and <= 10_000, "geofenceM");
        Want(MostOfPlanned is >= 1 and <= 10, "mostOfPlanned");
        WantLength(CuratorLease, 24, "curatorLease");
        WantLength(NeedsInfoSilence, 24 * 60, "needsInfoSilence");
        WantLength(ConfirmationSilence, 24 * 60, "confirmationSilence");
        WantLength(RatingSilence, 24 * 60, "ratingSilence");
        WantLength(DisputeReminder, 24 * 60, "disputeReminder");
        Want(StarHours is { Count: >= 1 and <= 10 } && StarHours[0] >= 1, "starHours");
        WantRising(StarHours.Zip(StarHours.Skip(1)).All(pair => pair.First < pair.Second), "starHours");
        Want(HoursADayByItself is >= 0 and <= 24, "hoursADayByItself");
        Want(HoursADayBySite is >= 0 and <= 24, "hoursADayBySite");
        WantRising(HoursADayByItself <= HoursADayBySite, "hoursADayBySite");
        wrong.AddRange(new[] { Limits.Check()?.At("limits"), Weights.Check()?.At("weights") }.OfType<Refusal>());

        return wrong;

        void CheckClocks(UrgencyClocks clocks, string field)
        {
            WantLength(clocks.WaveLength, 24 * 7, $"{field}.waveLength");
            Want(clocks.Waves is >= 1 and <= 20, $"{field}.waves");
            WantLength(clocks.Station, 24 * 60, $"{field}.station");
            WantLength(clocks.Institute, 24 * 60, $"{field}.institute");
            WantLength(clocks.Center, 24 * 60, $"{field}.center");
            // Higher levels have later deadlines: less time before the window, or more after Ready.
            var first = clocks.BeforeWindow ? clocks.Center : clocks.Station;
            var last = clocks.BeforeWindow ? clocks.Station : clocks.Center;
            WantRising(first <= clocks.Institute && clocks.Institute <= last, $"{field}.institute");
            Want(clocks.ServeWithin is not { } within || within > TimeSpan.Zero, $"{field}.serveWithin");
            WantLength(clocks.RemindStaff, 24 * 60, $"{field}.remindStaff");
        }

        void WantLength(TimeSpan length, int atMostHours, string field) => Want(length > TimeSpan.Zero && length <= TimeSpan.FromHours(atMostHours), field);

        void Want(bool holds, string field)
        {
            if (!holds)
            {
                wrong.Add(Refusals.PolicyValueOutOfRange.At(field));
            }
        }

        void WantRising(bool holds, string field)
        {
            if (!holds)
            {
                wrong.Add(Refusals.PolicyOutOfOrder.At(field));
            }
        }
    }
}
