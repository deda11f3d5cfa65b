using Matching.Geography;
using Matching.Volunteers;

namespace Matching.Engine;

/// <summary>A need with everything worked out that is the same for each volunteer: days, weeks and wall clocks in the center's zone.</summary>
public sealed class PreparedNeed
{
    private Window? _week;
    private Window[]? _days;

    public PreparedNeed(Need need)
    {
        Need = need;
        FirstDay = need.FirstDay;
        LastDay = need.LastDay;
        LatestBirthOfAnAdult = FirstDay.AddYears(-HardRules.AdultYears);
        Window = new WallWindow(need.Window, need.Zone);
        var margin = SoftFactors.SlackMargin;
        Before = new WallWindow(new Window(need.Window.Start - margin, need.Window.Start), need.Zone);
        After = new WallWindow(new Window(need.Window.End, need.Window.End + margin), need.Zone);
        RecentSince = need.AsOf.AddDays(-SoftFactors.RecentDays);
        Target = new DistanceTo(need.Place);
        Nearness = new Nearness(need.Place, need.RadiusM);
        DistanceScaleM = SoftFactors.ScaleM(need.Urgency);
    }

    public Need Need { get; }

    public DateOnly FirstDay { get; }

    public DateOnly LastDay { get; }

    /// <summary>Who was born on 29 February comes of age on 1 March of a common year.</summary>
    public DateOnly LatestBirthOfAnAdult { get; }

    public WallWindow Window { get; }

    /// <summary>The margin of slack before the window.</summary>
    public WallWindow Before { get; }

    /// <summary>The margin of slack after it.</summary>
    public WallWindow After { get; }

    /// <summary>Bookings from here on are recent.</summary>
    public DateTimeOffset RecentSince { get; }

    public DistanceTo Target { get; }

    /// <summary>A quick look at how near a place is at most.</summary>
    public Nearness Nearness { get; }

    public double DistanceScaleM { get; }

    /// <summary>The week, Monday to Sunday, in which the window starts. Worked out when first asked for: few have a weekly limit.</summary>
    public Window Week
    {
        get
        {
            if (_week is null)
            {
                var monday = Limits.MondayOf(FirstDay);
                _week = new Window(LocalTime.StartOf(monday, Need.Zone), LocalTime.StartOf(monday.AddDays(7), Need.Zone));
            }

            return _week.Value;
        }
    }

    /// <summary>The days that the window touches.</summary>
    public ReadOnlySpan<Window> Days
    {
        get
        {
            if (_days is null)
            {
                var days = new List<Window>(2);
                for (var day = FirstDay; day <= LastDay; day = day.AddDays(1))
                {
                    days.Add(new Window(LocalTime.StartOf(day, Need.Zone), LocalTime.StartOf(day.AddDays(1), Need.Zone)));
                }

                _days = [.. days];
            }

            return _days;
        }
    }
}
