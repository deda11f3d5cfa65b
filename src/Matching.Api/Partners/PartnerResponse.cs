using Matching.Api.Plumbing.Http;
using Matching.Partners;

namespace Matching.Api.Partners;

/// <summary>A partner: what it may do, where, how often, and its keys as far as they may be shown.</summary>
/// <param name="EndedAt">Since when it may do nothing any more.</param>
public sealed record PartnerResponse(
    Id Id, int Version, Id CenterId, string Name, IReadOnlyList<PartnerScope> Scopes, IReadOnlyList<PartnerSite> Sites, int RequestsAMinute,
    IReadOnlyList<PartnerKeyOnWire> Keys, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt) : IVersioned
{
    public static PartnerResponse Of(PartnerRow it, IEnumerable<SiteOfPartner> sites, IEnumerable<PartnerKeyRow> keys, DateTimeOffset now) => new(
        it.Id, it.Version, it.CenterId, it.Name, [.. PartnerScopes.Read(it.Scopes).Order()], [.. sites.Select(site => new PartnerSite(site.Id, site.Name))],
        it.RequestsAMinute, [.. keys.Select(key => PartnerKeyOnWire.Of(key, now))], it.CreatedAt, it.EndedAt);
}

/// <summary>A site that a partner reaches, with all below it.</summary>
public sealed record PartnerSite(Id Id, string Name);

/// <summary>A key for people to recognise.</summary>
/// <param name="KeyId">By which it is revoked.</param>
/// <param name="Prefix">How it begins.</param>
/// <param name="Works">Neither expired nor revoked.</param>
/// <param name="LastUsedAt">To the hour.</param>
public sealed record PartnerKeyOnWire(
    Id KeyId, string Prefix, bool Works, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt)
{
    public static PartnerKeyOnWire Of(PartnerKeyRow key, DateTimeOffset now) => new(
        key.Id, key.Prefix, key.RevokedAt is null && !(key.ExpiresAt <= now), key.CreatedAt, key.ExpiresAt, key.RevokedAt, key.LastUsedAt);
}
