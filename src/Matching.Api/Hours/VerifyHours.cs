using System.Security.Cryptography;
using System.Text;
using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Api.Volunteers;
using Matching.Hours;
using Matching.Sites;

namespace Matching.Api.Hours;

/// <summary>Which chains are walked: one volunteer's or, without one, those of everybody at home in a site's subtree.</summary>
/// <param name="VolunteerId">Whose chain; a volunteer asks about her own and may leave it out.</param>
/// <param name="SiteId">Staff: the site; left out, their own.</param>
public sealed record VerifyHoursRequest(Id? VolunteerId = null, Id? SiteId = null);

/// <summary>Whether the ledgers are as they were written.</summary>
/// <param name="Holds">Every line fits the one before, and every total is the sum of its lines.</param>
/// <param name="Broken">The first that does not.</param>
/// <param name="Chains">Ledgers walked.</param>
/// <param name="Entries">Lines walked.</param>
/// <param name="Minutes">What they come to.</param>
/// <param name="HeadHash">
/// Of one chain the hash of its last line, of several SHA-256 over their last hashes in the order of the volunteers' ids. Who keeps it can tell later whether
/// lines are missing at an end.
/// </param>
public sealed record VerifyHoursResponse(bool Holds, BrokenHours? Broken, int Chains, int Entries, long Minutes, string HeadHash);

/// <summary>Where a ledger breaks.</summary>
/// <param name="EntryId">The first line that does not fit; null when the lines fit and the total is not theirs.</param>
/// <param name="Sequence">Its number, as it stands there.</param>
public sealed record BrokenHours(Id VolunteerId, Id? EntryId, int? Sequence, HoursFault Fault);

/// <summary>How a ledger can be broken.</summary>
public enum HoursFault
{
    /// <summary>A line was changed, left out, slipped in or put elsewhere.</summary>
    Chain,

    /// <summary>The lines fit, but they do not come to the total that is shown: the last ones are missing, or the total was changed.</summary>
    Total,
}

public sealed class VerifyHoursValidator : AbstractValidator<VerifyHoursRequest>
{
    public VerifyHoursValidator() => RuleFor(r => r.SiteId).Must((r, site) => site is null || r.VolunteerId is null).Refuse(Refusals.FieldInvalid);
}

/// <summary>Walks ledgers from their first line to their last, and says where the first one breaks.</summary>
public sealed class VerifyHours(HoursStore hours, VolunteerStore volunteers, SiteStore sites, Caller caller) : Endpoint<VerifyHoursRequest, VerifyHoursResponse>
{
    public override void Configure()
    {
        Post("/hours/verify");
        Allow(Role.Volunteer, Role.SiteAdmin, Role.CenterAdmin);
        NeverKeepAnswer();
        Refuses(Refusals.VolunteerUnknown, Refusals.SiteUnknown);
    }

    protected override async Task<Outcome<VerifyHoursResponse>> RunAsync(VerifyHoursRequest request, CancellationToken ct)
    {
        if (caller.Role == Role.Volunteer || request.VolunteerId is not null)
        {
            var id = request.VolunteerId ?? caller.SubjectId;
            return await volunteers.FindAsync(id) is { } volunteer && (caller.Role == Role.Volunteer ? id == caller.SubjectId : caller.Reach.Covers(volunteer.Path))
                ? await WalkAsync(One(new HolderRow { Id = volunteer.Id, VerifiedMinutes = volunteer.VerifiedMinutes }), one: true, ct)
                : Refusals.VolunteerUnknown;
        }

        return await sites.FindAsync(request.SiteId ?? caller.SiteId) is { } site && caller.Reach.Covers(site.Path)
            ? await WalkAsync(hours.HoldersAsync(site.CenterId, Reach.Of(site.Path)), one: false, ct)
            : Refusals.SiteUnknown;
    }

    private async Task<VerifyHoursResponse> WalkAsync(IAsyncEnumerable<HolderRow> holders, bool one, CancellationToken ct)
    {
        var (chains, entries, minutes) = (0, 0, 0L);
        BrokenHours? broken = null;
        var heads = new SortedDictionary<Id, string>();
        await foreach (var holder in holders.WithCancellation(ct))
        {
            var rows = await hours.ChainAsync(holder.Id).ToListAsync(ct);
            if (rows.Count == 0 && holder.VerifiedMinutes == 0 && !one)
            {
                continue;
            }

            chains++;
            entries += rows.Count;
            minutes += rows.Sum(row => (long)row.Minutes);
            heads[holder.Id] = rows.Count == 0 ? HoursEntry.NoHash : Convert.ToHexStringLower(rows[^1].Hash);
            broken ??= Find(holder, rows);
        }

        return new VerifyHoursResponse(broken is null, broken, chains, entries, minutes, one ? heads.Values.Single() : Over(heads.Values));
    }

    private static string Over(IEnumerable<string> heads) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(heads))));

    private static BrokenHours? Find(HolderRow holder, List<HoursRow> rows)
    {
        var readable = rows.Select(row => row.ToEntry()).TakeWhile(entry => entry is not null).Select(entry => entry!).ToList();
        if (Ledger.Verify(readable) is { } at || (at = readable.Count) < rows.Count)
        {
            return new BrokenHours(holder.Id, rows[at].Id, rows[at].Sequence, HoursFault.Chain);
        }

        return rows.Sum(row => (long)row.Minutes) == holder.VerifiedMinutes ? null : new BrokenHours(holder.Id, null, null, HoursFault.Total);
    }

    private static async IAsyncEnumerable<HolderRow> One(HolderRow holder)
    {
        await Task.CompletedTask;
        yield return holder;
    }
}
