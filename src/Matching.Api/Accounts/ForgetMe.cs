using Matching.Accounts;
using Matching.Api.Assignments;
using Matching.Api.Offers;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Volunteers;

namespace Matching.Api.Accounts;

public sealed record ForgetMeRequest;

/// <summary>
/// Forgets me: my names, phones, addresses, places and words go, my sign-ins and hats end. The hours I gave stay in the ledger under a bare id.
/// Refused while a wish, an order or an assignment of mine still runs. It cannot be undone.
/// </summary>
public sealed class ForgetMe(Database database, ForgetStore forgetting, HatStore hats, VolunteerStore volunteers, OfferStore offers, GiveBack seats, Caller caller)
    : Endpoint<ForgetMeRequest, Done>
{
    public override void Configure()
    {
        Delete("/me/data");
        AllowAnyAccount();
        Refuses(Refusals.StillInService, Refusals.LastPlatformAdmin);
    }

    protected override Task<Outcome<Done>> RunAsync(ForgetMeRequest request, CancellationToken ct) => database.WriteAsync<Outcome<Done>>(
        async tx =>
        {
            await AccountStore.HoldAsync(tx, caller.AccountId);
            foreach (var hat in (await HatStore.HeldByAsync(tx, caller.AccountId)).Where(hat => hat.Role == Role.PlatformAdmin))
            {
                if (await HatStore.IsLastPlatformAdminAsync(tx, hat.Id))
                {
                    return Refusals.LastPlatformAdmin;
                }
            }

            foreach (var subject in await MySubjectStore.OfAsync(tx, caller.AccountId))
            {
                if (await ForgetSubjectAsync(tx, subject) is { } refusal)
                {
                    return refusal;
                }
            }

            await hats.RevokeHatsOfAccountAsync(tx, caller.AccountId, caller.AccountId);
            await forgetting.ForgetAccountAsync(tx, caller.AccountId);
            return Done.It;
        },
        ct);

    private async Task<Refusal?> ForgetSubjectAsync(Transaction tx, Id subject)
    {
        if (subject.Kind == IdKind.Volunteer)
        {
            await seats.EverythingAsync(tx, [], await offers.PendingOfVolunteerAsync(tx, subject), caller, "forgotten");
            // Whoever assigns her waits here, and then finds that she has left.
            await volunteers.TouchAsync(tx, subject);
        }

        if (await ForgetStore.InServiceAsync(tx, subject))
        {
            return Refusals.StillInService;
        }

        await hats.RevokeHatsOfSubjectAsync(tx, subject, caller.AccountId);
        if (subject.Kind != IdKind.Volunteer)
        {
            await forgetting.ForgetResidentAsync(tx, subject);
            return null;
        }

        await forgetting.ForgetVolunteerAsync(tx, subject);
        return null;
    }
}
