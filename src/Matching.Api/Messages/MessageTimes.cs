using Matching.Api.Plumbing;
using Matching.Api.Sites;

namespace Matching.Api.Messages;

/// <summary>When a message may go out: at once, or, in quiet hours that its urgency keeps, when people are awake. It waits; it is not dropped.</summary>
[Shared]
public sealed class MessageTimes(MessageStore messages, PolicyStore policies, TimeProvider clock)
{
    /// <summary>Null: it may ring now. Else the instant of the field's clock at which it may.</summary>
    public async Task<DateTimeOffset?> WaitsUntilAsync(MessageRow message)
    {
        // Codes belong to no center; somebody waits for them.
        if (message.CenterId is not { } centerId)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        var about = await messages.UrgencyAsync(message.SubjectId);
        var policy = await policies.EffectiveAsync(centerId, about?.Path ?? "/", now);
        var waking = (about is null ? policy.QuietHours : policy.QuietHoursOf(about.Urgency)).Waking(now, policy.TimeZone);
        return waking > now ? waking : null;
    }
}
