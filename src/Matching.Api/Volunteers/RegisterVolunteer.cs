using FluentValidation;
using Matching.Accounts;
using Matching.Api.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Outbox;
using Matching.Api.Sites;
using Matching.Volunteers;

namespace Matching.Api.Volunteers;

/// <param name="IdNumber">18 characters by GB 11643; birth date and gender are read from it. Sealed, never shown in full.</param>
/// <param name="SiteId">The home site.</param>
/// <param name="Phone">None: the phone of the account.</param>
/// <param name="OnBehalf">A clerk registers somebody else, at a site within reach; with a phone the person can sign in by code.</param>
/// <param name="RadiusM">How far she goes, in metres.</param>
public sealed record RegisterVolunteerRequest(
    string Name, string IdNumber, Id SiteId, string? Phone = null, IReadOnlyList<string>? Languages = null, int RadiusM = 5_000, bool OnBehalf = false);

public sealed class RegisterVolunteerValidator : AbstractValidator<RegisterVolunteerRequest>
{
    public RegisterVolunteerValidator()
    {
        RuleFor(r => r.Name).NotEmpty().MaximumLength(60);
        RuleFor(r => r.IdNumber).NotEmpty().MaximumLength(40);
        RuleFor(r => r.Phone).OptionalPhone();
        RuleFor(r => r.Languages).Languages();
        RuleFor(r => r.RadiusM).InclusiveBetween(100, 100_000);
    }
}

/// <summary>Somebody signs up under her real name, once in all centers; a clerk approves. Who left before comes back to the old record.</summary>
public sealed class RegisterVolunteer(
    VolunteerStore volunteers, SiteStore sites, PolicyStore policies, AccountStore accounts, HatStore hats, Database database, Timeline timeline,
    OutboxStore outbox, Ids ids, Caller caller, Vault vault, TimeProvider clock)
    : Endpoint<RegisterVolunteerRequest, VolunteerResponse>
{
    public override void Configure()
    {
        Post("/volunteers");
        AllowAnyAccount();
        Creates();
        Refuses(Refusals.SiteUnknown, Refusals.IdNumberInvalid, Refusals.VolunteerKnown, Refusals.PhoneInvalid);
    }

    protected override async Task<Outcome<VolunteerResponse>> RunAsync(RegisterVolunteerRequest request, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (await sites.OwnerOfAsync(request.SiteId) is not { IsOpen: true } home || (request.OnBehalf && !caller.Reach.Covers(home.Path)))
        {
            return Refusals.SiteUnknown.At("siteId");
        }

        var policy = await policies.CurrentAsync(home.CenterId);
        var number = IdNumber.Read(request.IdNumber, LocalTime.DayOf(now, policy.TimeZone));
        if (number.Refused)
        {
            return number.Refusal!.At("idNumber");
        }

        var phone = request.Phone is { } typed ? PhoneNumber.Read(typed).Value : null;
        var own = request.OnBehalf ? null : await accounts.FindAsync(caller.AccountId);
        var fresh = new Volunteer
        {
            Id = ids.Next(IdKind.Volunteer),
            CenterId = home.CenterId,
            SiteId = home.Id,
            Path = home.Path,
            Name = request.Name.Trim(),
            PhoneSealed = phone is null ? own?.PhoneSealed : vault.Seal(phone),
            Languages = string.Join(',', request.Languages ?? ["zh"]),
            RadiusM = request.RadiusM,
            MaxOrdersAWeek = policy.Limits.OrdersAWeek ?? 100,
            MaxMinutesADay = policy.Limits.MinutesADay ?? 24 * 60,
            RegisteredAt = now,
        };
        try
        {
            return await database.WriteAsync(
                async tx =>
                {
                    if (!await sites.HoldAsync(tx, home))
                    {
                        return Refusals.SiteUnknown.At("siteId");
                    }

                    Id? accountId = request.OnBehalf ? phone is null ? null : await accounts.FindOrCreateByPhoneAsync(tx, phone) : caller.AccountId;
                    var registered = await SignUpAsync(tx, fresh with { AccountId = accountId }, number.Value, request.OnBehalf);
                    if (registered.Refused)
                    {
                        return registered.Refusal!;
                    }

                    if (accountId is { } account)
                    {
                        await hats.GrantHatAsync(tx, account, Role.Volunteer, subjectId: registered.Value.Id, grantedBy: caller.AccountId);
                    }

                    await outbox.AddAsync(tx, "volunteer.registered", registered.Value.Id, home.CenterId, accountId, new { volunteerId = registered.Value.Id });
                    var details = await volunteers.DetailsAsync(tx, (await volunteers.FindAsync(tx, registered.Value.Id))!);
                    return request.OnBehalf ? VolunteerResponse.ToStaff(details, vault, now) : (Outcome<VolunteerResponse>)VolunteerResponse.ToHerself(details, vault, now);
                },
                ct);
        }
        catch (SomebodyWasFirstException)
        {
            return Refusals.VolunteerKnown.At("idNumber");
        }
    }

    private async Task<Outcome<Volunteer>> SignUpAsync(Transaction tx, Volunteer fresh, IdNumber number, bool onBehalf)
    {
        if (await volunteers.FindByIdNumberAsync(tx, number) is not { } known)
        {
            await volunteers.InsertAsync(tx, fresh, number);
            await timeline.AddAsync(tx, fresh.Id, null, nameof(VolunteerStatus.Registered), nameof(RegisterVolunteer), caller);
            return fresh;
        }

        // The old record holds hours and a history: it goes back to the account it had, or to whom a clerk says it belongs.
        var hers = onBehalf || known.AccountId is null || known.AccountId == fresh.AccountId;
        if (!hers || known.Status.Return().Refused)
        {
            return Refusals.VolunteerKnown.At("idNumber");
        }

        var back = fresh with { Id = known.Id, AccountId = fresh.AccountId ?? known.AccountId, CompanionId = known.CompanionId, InsuredUntil = known.InsuredUntil };
        await volunteers.MoveAsync(tx, known with { RealName = false }, VolunteerStatus.Registered);
        await volunteers.UpdateAsync(tx, back);
        await timeline.AddAsync(tx, known.Id, known.Status.ToString(), nameof(VolunteerStatus.Registered), nameof(RegisterVolunteer), caller);
        return back;
    }
}
