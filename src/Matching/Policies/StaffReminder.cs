namespace Matching.Policies;

/// <summary>
/// When staff are reminded of what lies with them (a wish that nobody took up, a draft, a held order, a dispute): once by itself, when it has waited as long
/// as is right for it; from then on it is one of the figures in the digest of each working morning, so that a reminder stays something that is read.
/// What keeps quiet hours waits for their end.
/// </summary>
public static class StaffReminder
{
    /// <summary>When the next reminder is due of a thing that has lain with staff since then.</summary>
    /// <param name="remindedAt">When staff last were reminded of it; what lies before <paramref name="since"/> was about something else.</param>
    /// <param name="patience">How long it may lie there before anybody is reminded.</param>
    /// <param name="quiet">The hours in which it stays silent.</param>
    public static DateTimeOffset NextAt(DateTimeOffset since, DateTimeOffset? remindedAt, TimeSpan patience, QuietHours quiet, Policy policy) =>
        remindedAt is { } reminded && !IsFirst(since, reminded) ? MorningAfter(reminded, policy) : quiet.Waking(since + patience, policy.TimeZone);

    /// <summary>Nobody was reminded of it yet: it has a message of its own. Later it is one of many in the digest.</summary>
    public static bool IsFirst(DateTimeOffset since, DateTimeOffset? remindedAt) => remindedAt is not { } reminded || reminded <= since;

    /// <summary>The next time after an instant at which the digest of a working day (Monday to Friday) goes out.</summary>
    public static DateTimeOffset MorningAfter(DateTimeOffset instant, Policy policy)
    {
        for (var day = LocalTime.DayOf(instant, policy.TimeZone); ; day = day.AddDays(1))
        {
            // A center may have set the time of its reminders into its own quiet hours.
            var morning = policy.QuietHours.Waking(LocalTime.At(day, policy.RemindAt, policy.TimeZone), policy.TimeZone);
            if (morning > instant && day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
            {
                return morning;
            }
        }
    }
}
