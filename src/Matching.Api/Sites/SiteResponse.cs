using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Sites;

namespace Matching.Api.Sites;

/// <summary>A site as everybody sees it; the phone, masked, only for staff who reach it.</summary>
/// <param name="TimeZone">IANA name; of a center only.</param>
/// <param name="RadiusM">How far its service reaches, in metres.</param>
public sealed record SiteResponse(
    Id Id, int Version, SiteKind Kind, Id? ParentId, Id CenterId, string Name, PlaceOnWire Place, int RadiusM, string? TimeZone,
    string? ResponsibleName, string? ResponsiblePhone, DateTimeOffset? ClosedAt) : IVersioned
{
    public static SiteResponse Of(Site site, Caller caller, Vault vault) => new(
        site.Id, site.Version, site.Kind, site.ParentId, site.CenterId, site.Name, PlaceOnWire.Of(site.Place), site.RadiusM, site.TimeZone,
        site.ResponsibleName, caller.Reach.Covers(site.Path) ? Masks.Phone(vault, site.ResponsiblePhoneSealed) : null, site.ClosedAt);
}

/// <summary>How sealed numbers are shown to those who may know of them but not read them.</summary>
public static class Masks
{
    public static string? Phone(Vault vault, string? phoneSealed) =>
        vault.OpenIfAny(phoneSealed) is { } text && PhoneNumber.TryParse(text, out var phone) ? phone.Masked : null;

    /// <summary>The first and last few characters, as far as they give nothing away.</summary>
    public static string? Middle(string? text) => text switch
    {
        null => null,
        { Length: >= 12 } => $"{text[..3]}{new string('*', text.Length - 5)}{text[^2..]}",
        _ => new string('*', text.Length),
    };
}
