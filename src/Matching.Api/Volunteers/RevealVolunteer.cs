using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Volunteers;

/// <summary>What of a volunteer is kept sealed.</summary>
public enum VolunteerSecret
{
    /// <summary>电话</summary>
    Phone,

    /// <summary>身份证号码</summary>
    IdNumber,
}

public sealed record RevealVolunteerRequest(Id VolunteerId, VolunteerSecret What, string Reason);

public sealed class RevealVolunteerValidator : AbstractValidator<RevealVolunteerRequest>
{
    public RevealVolunteerValidator() => RuleFor(r => r.Reason).NotEmpty().MaximumLength(400);
}

/// <summary>What was sealed, in full.</summary>
public sealed record RevealedResponse(string Value);

/// <summary>Shows a volunteer's phone or id number in full. The volunteer can see who looked, when and why.</summary>
public sealed class RevealVolunteer(VolunteerStore volunteers, Reveals reveals, Database database, Caller caller, Vault vault)
    : Endpoint<RevealVolunteerRequest, RevealedResponse>
{
    public override void Configure()
    {
        Post("/volunteers/{volunteerId}/reveal");
        Allow(Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.VolunteerUnknown, Refusals.NothingToReveal, Refusals.RoleNotAllowed);
    }

    protected override Task<Outcome<RevealedResponse>> RunAsync(RevealVolunteerRequest request, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            if (await volunteers.FindInReachAsync(tx, caller, request.VolunteerId) is not { } volunteer)
            {
                return Refusals.VolunteerUnknown;
            }

            // A dispatcher calls; only who keeps the register looks at id numbers.
            if (request.What == VolunteerSecret.IdNumber && caller.Role == Role.Dispatcher)
            {
                return Refusals.RoleNotAllowed;
            }

            var found = request.What == VolunteerSecret.Phone ? volunteer.PhoneSealed : volunteer.IdNumberSealed;
            if (found is null)
            {
                return Refusals.NothingToReveal;
            }

            await reveals.AddAsync(tx, volunteer.Id, caller, request.What == VolunteerSecret.Phone ? "phone" : "idNumber", null, request.Reason);
            return (Outcome<RevealedResponse>)new RevealedResponse(vault.Open(found));
        },
        ct);
}
