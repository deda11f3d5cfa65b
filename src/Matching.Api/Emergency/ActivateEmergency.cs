using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;

namespace Matching.Api.Emergency;

/// <summary>Where, why, and until when.</summary>
/// <param name="SiteId">The site whose subtree it is.</param>
/// <param name="Reason">Why; it is kept.</param>
/// <param name="EndsAt">It ends by itself then; at most 30 days ahead.</param>
public sealed record ActivateEmergencyRequest(Id SiteId, string Reason, DateTimeOffset EndsAt);

public sealed class ActivateEmergencyValidator : AbstractValidator<ActivateEmergencyRequest>
{
    public ActivateEmergencyValidator() => RuleFor(r => r.Reason).NotEmpty().MaximumLength(400);
}

/// <summary>Switches a subtree to emergency: shorter deadlines, larger waves, no quiet hours. It ends by itself, and orders under way follow it at once.</summary>
public sealed class ActivateEmergency(EmergencyStore emergencies, SiteAccess access, Database database, Ids ids, Caller caller, TimeProvider clock)
    : Endpoint<ActivateEmergencyRequest, EmergencyOnWire>
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    public override void Configure()
    {
        Post("/sites/{siteId}/emergency");
        Allow(Role.SiteAdmin, Role.CenterAdmin);
        Creates();
        Refuses(Refusals.SiteUnknown, Refusals.EmergencyOn, Refusals.EmergencyTooLong, Refusals.WindowInPast);
    }

    protected override async Task<Outcome<EmergencyOnWire>> RunAsync(ActivateEmergencyRequest request, CancellationToken ct)
    {
        var site = await access.WithinReachAsync(caller, request.SiteId);
        if (site.Refusal is { } unknown)
        {
            return unknown;
        }

        var now = clock.GetUtcNow();
        if (request.EndsAt <= now)
        {
            return Refusals.WindowInPast.At("endsAt");
        }

        if (request.EndsAt > now + Longest)
        {
            return Refusals.EmergencyTooLong.At("endsAt");
        }

        var id = ids.Next(IdKind.ModeActivation);
        return await database.WriteAsync<Outcome<EmergencyOnWire>>(
            async tx =>
            {
                try
                {
                    await emergencies.ActivateAsync(tx, id, site.Value, request.Reason, request.EndsAt, caller);
                }
                catch (SomebodyWasFirstException)
                {
                    return Refusals.EmergencyOn;
                }

                return new EmergencyOnWire(id, site.Value.Id, request.Reason, now, request.EndsAt, null);
            },
            ct);
    }
}

/// <summary>An emergency, running or over.</summary>
public sealed record EmergencyOnWire(Id Id, Id SiteId, string Reason, DateTimeOffset StartsAt, DateTimeOffset EndsAt, DateTimeOffset? EndedAt)
{
    public static EmergencyOnWire From(Activation row) => new(row.Id, row.SiteId, row.Reason, row.StartsAt, row.EndsAt, row.EndedAt);
}
