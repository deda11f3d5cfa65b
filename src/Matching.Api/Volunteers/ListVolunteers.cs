using FluentValidation;
using Matching.Accounts;
using Matching.Api.Catalog;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Sites;
using Matching.Volunteers;

namespace Matching.Api.Volunteers;

/// <param name="SiteId">A site within reach, with all below it; the caller's own when nobody says.</param>
/// <param name="Status">Only those who stand so.</param>
/// <param name="SkillId">Who has this skill or a narrower one.</param>
/// <param name="Name">How the name begins.</param>
/// <param name="Awake">Who has served in the last 90 days; false: who has not.</param>
/// <param name="Alone">Only of this very site, without those below.</param>
public sealed record ListVolunteersRequest(
    Id? SiteId = null, VolunteerStatus? Status = null, Id? SkillId = null, string? Name = null, bool? Awake = null, bool Alone = false, string? Cursor = null, int Take = Page<Volunteer>.Usual);

public sealed class ListVolunteersValidator : AbstractValidator<ListVolunteersRequest>
{
    public ListVolunteersValidator()
    {
        RuleFor(r => r.Name).MaximumLength(60);
        RuleFor(r => r.Take).InclusiveBetween(1, Page<Volunteer>.Most);
    }
}

/// <summary>A volunteer in a list.</summary>
/// <param name="Phone">Masked.</param>
public sealed record VolunteerLine(
    Id Id, Id SiteId, VolunteerStatus Status, string Name, Gender Gender, bool RealName, string? Phone, int Served, int VerifiedMinutes,
    DateTimeOffset RegisteredAt, DateTimeOffset? SuspendedUntil, DateTimeOffset? LastServedAt)
{
    public static VolunteerLine Of(Volunteer it, Vault vault) => new(
        it.Id, it.SiteId, it.Status, it.Name, it.Gender, it.RealName, Masks.Phone(vault, it.PhoneSealed), it.Served, it.VerifiedMinutes, it.RegisteredAt,
        it.SuspendedUntil, it.LastServedAt);
}

/// <summary>The volunteers whose home lies within the caller's reach, by name.</summary>
public sealed class ListVolunteers(VolunteerStore volunteers, SiteStore sites, CatalogStore catalog, Caller caller, Vault vault, TimeProvider clock)
    : Endpoint<ListVolunteersRequest, Page<VolunteerLine>>
{
    public override void Configure()
    {
        Get("/volunteers");
        Allow(Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin, Role.PlatformAdmin);
        Refuses(Refusals.SiteUnknown, Refusals.SkillUnknown, Refusals.CursorInvalid);
    }

    protected override async Task<Outcome<Page<VolunteerLine>>> RunAsync(ListVolunteersRequest request, CancellationToken ct)
    {
        if (await sites.FindAsync(request.SiteId ?? caller.SiteId) is not { } site || !caller.Reach.Covers(site.Path))
        {
            return Refusals.SiteUnknown.At("siteId");
        }

        IReadOnlyCollection<Id>? skills = null;
        if (request.SkillId is { } skillId)
        {
            var required = (await catalog.SkillTreeAsync(site.CenterId)).Require(skillId);
            if (required.Refused)
            {
                return required.Refusal!.At("skillId");
            }

            skills = required.Value.CountsAs.Keys;
        }

        var prefix = request.Name is { } name ? Folded.Of(name) : null;
        var list = $"volunteers/{site.Id}/{request.Status}/{request.SkillId}/{prefix}/{request.Awake}/{request.Alone}";
        var after = Cursor.Read(request.Cursor, list, 2);
        if (after.Refused)
        {
            return after.Refusal!;
        }

        var start = after.Value is [var afterName, var afterId] ? (afterName, Id.ParseOrNone(afterId)) : ("", Id.None);
        var part = request.Alone ? Reach.Only(site.Path) : Reach.Of(site.Path);
        (bool, DateTimeOffset)? awake = request.Awake is { } wanted ? (wanted, clock.GetUtcNow() - VolunteerStore.AwakeFor) : null;
        var rows = await volunteers.ListAsync(site.CenterId, part, request.Status, skills, prefix, awake, start, request.Take + 1);
        return Page<VolunteerLine>.Of(rows, request.Take, row => VolunteerLine.Of(row, vault), row => Cursor.Make(list, row.NameSort, row.Id.ToString()));
    }
}
