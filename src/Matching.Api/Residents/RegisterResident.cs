using FluentValidation;
using Matching.Accounts;
using Matching.Api.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Api.Volunteers;
using Matching.Residents;
using Matching.Volunteers;

namespace Matching.Api.Residents;

/// <param name="Relation">What the caller is to the resident, who has or wants no account of her own; none: the caller is the resident.</param>
/// <param name="Phone">None: the account's own, for the caller herself. Several residents may share a phone.</param>
/// <param name="CareTags">Only who looks after residents for a living may say them.</param>
public sealed record RegisterResidentRequest(
    string Name, Id SiteId, ProxyRelation? Relation = null, string? Phone = null, string? Address = null, PlaceOnWire? Place = null, Gender? Gender = null,
    int? BirthYear = null, IReadOnlyList<string>? Languages = null, IReadOnlyList<CareTag>? CareTags = null);

public sealed class RegisterResidentValidator : AbstractValidator<RegisterResidentRequest>
{
    public RegisterResidentValidator()
    {
        RuleFor(r => r.Name).NotEmpty().MaximumLength(60);
        RuleFor(r => r.Relation).NotEqual(ProxyRelation.Partner);
        RuleFor(r => r.Phone).OptionalPhone();
        RuleFor(r => r.Address).MaximumLength(ResidentShapes.LongestAddress);
        RuleFor(r => r.Place).OnEarth();
        RuleFor(r => r.BirthYear).BirthYear();
        RuleFor(r => r.Languages).Languages();
        RuleFor(r => r.CareTags).CareTags();
    }
}

/// <summary>Somebody wants to ask for things, or somebody asks for her: a child for both parents, a grid worker, a clerk.</summary>
public sealed class RegisterResident(
    ResidentStore residents, SiteStore sites, AccountStore accounts, HatStore hats, Database database, Timeline timeline, Ids ids, Caller caller, Vault vault,
    TimeProvider clock)
    : Endpoint<RegisterResidentRequest, ResidentResponse>
{
    public override void Configure()
    {
        Post("/residents");
        AllowAnyAccount();
        Creates();
        Refuses(Refusals.SiteUnknown, Refusals.PhoneInvalid, Refusals.CareTagsNotYours);
    }

    protected override async Task<Outcome<ResidentResponse>> RunAsync(RegisterResidentRequest request, CancellationToken ct)
    {
        var forHerself = request.Relation is null;
        var byOffice = caller.IsStaff || caller.Role == Role.Proxy;
        if (await sites.OwnerOfAsync(request.SiteId) is not { IsOpen: true } site || (!forHerself && byOffice && !ResidentStore.LooksAfter(caller, site.Path)))
        {
            return Refusals.SiteUnknown.At("siteId");
        }

        if (request.CareTags is { Count: > 0 } && (forHerself || !byOffice))
        {
            return Refusals.CareTagsNotYours.At("careTags");
        }

        var phone = request.Phone is { } typed ? PhoneNumber.Read(typed).Value : null;
        if (phone is null && forHerself && vault.OpenIfAny((await accounts.FindAsync(caller.AccountId))?.PhoneSealed) is { } own)
        {
            phone = PhoneNumber.Read(own).Value;
        }

        var place = request.Place?.Read().Value;
        var now = clock.GetUtcNow();
        var resident = new Resident
        {
            Id = ids.Next(IdKind.Resident),
            Version = 1,
            AccountId = forHerself ? caller.AccountId : null,
            CenterId = site.CenterId,
            SiteId = site.Id,
            Path = site.Path,
            Name = request.Name.Trim(),
            Gender = request.Gender,
            BirthYear = request.BirthYear,
            Languages = string.Join(',', request.Languages ?? ["zh"]),
            PhoneSealed = phone is null ? null : vault.Seal(phone),
            AddressSealed = vault.SealIfAny(request.Address),
            Lat = place?.Lat,
            Lng = place?.Lng,
            AccuracyM = place?.AccuracyM,
            CreatedAt = now,
        };
        return await database.WriteAsync(
            async tx =>
            {
                if (!await sites.HoldAsync(tx, site))
                {
                    return Refusals.SiteUnknown.At("siteId");
                }

                await residents.InsertAsync(tx, resident, phone, request.CareTags ?? []);
                if (request.Relation is { } relation)
                {
                    await residents.AddProxyAsync(tx, resident.Id, caller.AccountId, relation, caller.AccountId, now);
                }
                else
                {
                    await hats.GrantHatAsync(tx, caller.AccountId, Role.Resident, subjectId: resident.Id, grantedBy: caller.AccountId);
                }

                await timeline.AddAsync(tx, resident.Id, null, "Known", nameof(RegisterResident), caller);
                return (Outcome<ResidentResponse>)ResidentResponse.Of(resident, request.CareTags ?? [], caller, vault);
            },
            ct);
    }
}
