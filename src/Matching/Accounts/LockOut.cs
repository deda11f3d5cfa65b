namespace Matching.Accounts;

/// <summary>
/// How long a username rests after wrong passwords: four are forgiven; from the fifth on one minute, and twice as long for each further one, an hour at
/// most. A right password, or a day without a wrong one, begins anew.
/// </summary>
public static class LockOut
{
    /// <summary>Wrong passwords that cost nothing.</summary>
    public const int Forgiven = 4;

    public static readonly TimeSpan First = TimeSpan.FromMinutes(1);

    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>After this long without a wrong password the count begins anew.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromDays(1);

    /// <summary>The rest after so many wrong passwords in a row.</summary>
    public static TimeSpan After(int failures) => failures <= Forgiven
        ? TimeSpan.Zero
        : TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Min(failures - Forgiven - 1, 20)));
}
