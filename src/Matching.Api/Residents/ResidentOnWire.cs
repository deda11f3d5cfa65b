using FluentValidation;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Api.Volunteers;
using Matching.Residents;
using Matching.Volunteers;

namespace Matching.Api.Residents;

/// <summary>
/// A resident. To herself phone, address and place in full; to those who ask for her or look after her the name, the phone masked, whether there is an
/// address, and the place blurred.
/// </summary>
/// <param name="HasAddress">An address is on record.</param>
/// <param name="Address">To herself only; a clerk asks for it and says why.</param>
public sealed record ResidentResponse(
    Id Id, int Version, Id CenterId, Id SiteId, string Name, Gender? Gender, int? BirthYear, IReadOnlyList<string> Languages, string? Phone,
    bool HasAddress, string? Address, PlaceOnWire? Place, IReadOnlyList<CareTag> CareTags, DateTimeOffset CreatedAt) : IVersioned
{
    public static ResidentResponse Of(Resident it, IEnumerable<CareTag> tags, Caller caller, Vault vault)
    {
        var own = it.AccountId is { } account && account == caller.AccountId;
        return new ResidentResponse(
            it.Id, it.Version, it.CenterId, it.SiteId, it.Name, it.Gender, it.BirthYear, it.Languages.Split(',', StringSplitOptions.RemoveEmptyEntries),
            own ? vault.OpenIfAny(it.PhoneSealed) : Masks.Phone(vault, it.PhoneSealed),
            it.AddressSealed is not null, own ? vault.OpenIfAny(it.AddressSealed) : null,
            it.Place is { } place ? PlaceOnWire.Of(own ? place : Geography.Places.Blur(place)) : null,
            [.. tags], it.CreatedAt);
    }
}

/// <summary>Checks of shape that the requests about residents share.</summary>
public static class ResidentShapes
{
    public const int LongestAddress = 300;

    public static void CareTags<T>(this IRuleBuilder<T, IReadOnlyList<CareTag>?> rule) => rule
        .Must(tags => tags is null or { Count: <= 10 }).Refuse(Refusals.FieldTooLong);

    public static void BirthYear<T>(this IRuleBuilder<T, int?> rule) => rule.InclusiveBetween(1880, 2200);
}
