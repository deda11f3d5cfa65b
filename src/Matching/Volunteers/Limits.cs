namespace Matching.Volunteers;

/// <summary>
/// The most that a volunteer wants: orders a week (Monday to Sunday) and minutes a day, both in the center's zone. Null: no limit.
/// </summary>
public readonly record struct Limits(int? OrdersAWeek = null, int? MinutesADay = null)
{
    /// <summary>Null when both make sense; otherwise why not. No limit keeps somebody from everything: that is what suspending is for.</summary>
    public Refusal? Check() => OrdersAWeek is < 1 or > 100 || MinutesADay is < 1 or > 1440 ? Refusals.LimitsOutOfRange : null;

    /// <summary>The Monday of the week that a day lies in.</summary>
    public static DateOnly MondayOf(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
}
