using FluentValidation;
using Matching.Accounts;
using Matching.Api.Catalog;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Volunteers;

/// <param name="ValidFrom">The first day on which it is valid; none: it was valid always.</param>
/// <param name="ValidTo">The last day on which it is valid; none: it does not end.</param>
public sealed record AddMyQualificationRequest(Id QualificationId, string Issuer, string Number, DateOnly? ValidFrom = null, DateOnly? ValidTo = null);

public sealed class AddMyQualificationValidator : AbstractValidator<AddMyQualificationRequest>
{
    public AddMyQualificationValidator()
    {
        RuleFor(r => r.Issuer).NotEmpty().MaximumLength(100);
        RuleFor(r => r.Number).NotEmpty().MaximumLength(60);
        RuleFor(r => r.ValidTo).Must((r, to) => to is null || r.ValidFrom is null || to >= r.ValidFrom).Refuse(Refusals.WindowBackwards);
    }
}

/// <summary>A volunteer says which certificate she holds. It counts once a clerk has seen it.</summary>
public sealed class AddMyQualification(VolunteerStore volunteers, CatalogStore catalog, Database database, Ids ids, Caller caller, Vault vault, TimeProvider clock)
    : Endpoint<AddMyQualificationRequest, VolunteerResponse>
{
    public override void Configure()
    {
        Post("/me/volunteer/qualifications");
        Allow(Role.Volunteer);
        Creates();
        Refuses(Refusals.VolunteerUnknown, Refusals.QualificationUnknown, Refusals.WindowBackwards);
    }

    protected override Task<Outcome<VolunteerResponse>> RunAsync(AddMyQualificationRequest request, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            if (await volunteers.FindAsync(tx, caller.SubjectId) is not { } volunteer)
            {
                return Refusals.VolunteerUnknown;
            }

            if ((await catalog.QualificationsAsync(tx, volunteer.CenterId)).All(one => one.Id != request.QualificationId || one.RetiredAt is not null))
            {
                return Refusals.QualificationUnknown.At("qualificationId");
            }

            await volunteers.AddCertificateAsync(
                tx, volunteer.Id, ids.Next(IdKind.HeldQualification), request.QualificationId, request.Issuer, request.Number, request.ValidFrom,
                request.ValidTo);
            var details = await volunteers.DetailsAsync(tx, (await volunteers.FindAsync(tx, volunteer.Id))!);
            return (Outcome<VolunteerResponse>)VolunteerResponse.ToHerself(details, vault, clock.GetUtcNow());
        },
        ct);
}
