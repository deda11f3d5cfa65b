using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;

namespace Matching.Api.Emergency;

public sealed record EndEmergencyRequest(Id SiteId, string? Reason = null);

public sealed class EndEmergencyValidator : AbstractValidator<EndEmergencyRequest>
{
    public EndEmergencyValidator() => RuleFor(r => r.Reason).MaximumLength(400);
}

/// <summary>Ends a site's emergency before its time.</summary>
public sealed class EndEmergency(EmergencyStore emergencies, SiteAccess access, Database database, Caller caller, TimeProvider clock)
    : Endpoint<EndEmergencyRequest, EmergencyOnWire>
{
    public override void Configure()
    {
        Post("/sites/{siteId}/emergency/end");
        Allow(Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.SiteUnknown, Refusals.EmergencyOff);
    }

    protected override async Task<Outcome<EmergencyOnWire>> RunAsync(EndEmergencyRequest request, CancellationToken ct)
    {
        var site = await access.WithinReachAsync(caller, request.SiteId);
        if (site.Refusal is { } unknown)
        {
            return unknown;
        }

        return await database.WriteAsync<Outcome<EmergencyOnWire>>(
            async tx => await emergencies.RunningAtAsync(tx, site.Value.Id) is { } running && await emergencies.EndAsync(tx, running, caller, request.Reason)
                ? EmergencyOnWire.From(running with { EndedAt = clock.GetUtcNow() })
                : Refusals.EmergencyOff,
            ct);
    }
}
