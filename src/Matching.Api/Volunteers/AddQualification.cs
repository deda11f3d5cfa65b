using FluentValidation;
using Matching.Accounts;
using Matching.Api.Catalog;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Volunteers;

/// <param name="ValidFrom">The first day on which it is valid; none: it was valid always.</param>
/// <param name="ValidTo">The last day on which it is valid; none: it does not end.</param>
public sealed record AddQualificationRequest(Id VolunteerId, Id QualificationId, string Issuer, string Number, DateOnly? ValidFrom = null, DateOnly? ValidTo = null);

public sealed class AddQualificationValidator : AbstractValidator<AddQualificationRequest>
{
    public AddQualificationValidator()
    {
        RuleFor(r => r.Issuer).NotEmpty().MaximumLength(100);
        RuleFor(r => r.Number).NotEmpty().MaximumLength(60);
        RuleFor(r => r.ValidTo).Must((r, to) => to is null || r.ValidFrom is null || to >= r.ValidFrom).Refuse(Refusals.WindowBackwards);
    }
}

/// <summary>A clerk has seen a certificate and writes it down; it counts at once.</summary>
public sealed class AddQualification(VolunteerStore volunteers, CatalogStore catalog, Database database, Ids ids, Caller caller, Vault vault, TimeProvider clock)
    : Endpoint<AddQualificationRequest, VolunteerResponse>
{
    public override void Configure()
    {
        Post("/volunteers/{volunteerId}/qualifications");
        Allow(Role.SiteAdmin, Role.CenterAdmin);
        Creates();
        Refuses(Refusals.VolunteerUnknown, Refusals.QualificationUnknown, Refusals.WindowBackwards);
    }

    protected override Task<Outcome<VolunteerResponse>> RunAsync(AddQualificationRequest request, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            if (await volunteers.FindInReachAsync(tx, caller, request.VolunteerId) is not { } volunteer)
            {
                return Refusals.VolunteerUnknown;
            }

            if ((await catalog.QualificationsAsync(tx, volunteer.CenterId)).All(one => one.Id != request.QualificationId || one.RetiredAt is not null))
            {
                return Refusals.QualificationUnknown.At("qualificationId");
            }

            await volunteers.AddCertificateAsync(
                tx, volunteer.Id, ids.Next(IdKind.HeldQualification), request.QualificationId, request.Issuer, request.Number, request.ValidFrom,
                request.ValidTo, clock.GetUtcNow(), caller.AccountId);
            var details = await volunteers.DetailsAsync(tx, (await volunteers.FindAsync(tx, volunteer.Id))!);
            return (Outcome<VolunteerResponse>)VolunteerResponse.ToStaff(details, vault, clock.GetUtcNow());
        },
        ct);
}
