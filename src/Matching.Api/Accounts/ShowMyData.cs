using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Accounts;

public sealed record ShowMyDataRequest;

/// <summary>All there is about me; words of states as they are stored. Who looked at it is at /me/reveals.</summary>
public sealed record ShowMyDataResponse(
    KeptAccount Account,
    IReadOnlyList<HeldHat> Hats,
    IReadOnlyList<KeptSession> Sessions,
    IReadOnlyList<KeptWeChat> WeChat,
    IReadOnlyList<KeptVolunteerData> Volunteers,
    IReadOnlyList<KeptResidentData> Residents,
    IReadOnlyList<KeptNotice> Notices);

/// <summary>Everything stored about me, in the clear and in one piece.</summary>
public sealed class ShowMyData(MyDataStore data, Caller caller) : Endpoint<ShowMyDataRequest, ShowMyDataResponse>
{
    public override void Configure()
    {
        Get("/me/data");
        AllowAnyAccount();
    }

    protected override async Task<Outcome<ShowMyDataResponse>> RunAsync(ShowMyDataRequest request, CancellationToken ct) => await data.ReadAsync(caller.AccountId);
}

/// <summary>Me as a volunteer.</summary>
public sealed record KeptVolunteerData(
    KeptVolunteer Volunteer,
    IReadOnlyList<KeptSkill> Skills,
    IReadOnlyList<KeptQualification> Qualifications,
    IReadOnlyList<KeptPlace> Places,
    IReadOnlyList<KeptSlot> Slots,
    IReadOnlyList<KeptException> Exceptions,
    IReadOnlyList<KeptTeam> Teams,
    IReadOnlyList<KeptOffer> Offers,
    IReadOnlyList<KeptAssignment> Assignments,
    IReadOnlyList<KeptAttendance> Attendances,
    IReadOnlyList<KeptHours> Hours,
    IReadOnlyList<KeptRating> Ratings);

/// <summary>Me as a resident, or somebody I speak for.</summary>
public sealed record KeptResidentData(
    KeptResident Resident,
    IReadOnlyList<string> Tags,
    IReadOnlyList<KeptProxy> Proxies,
    IReadOnlyList<KeptWish> Wishes,
    IReadOnlyList<KeptOrder> Orders,
    IReadOnlyList<KeptBlock> Blocks);

/// <summary>My account.</summary>
public sealed record KeptAccount
{
    public Id Id { get; init; }

    public string? Name { get; init; }

    public string? Phone { get; init; }

    public string? Username { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A sign-in that is open.</summary>
public sealed record KeptSession
{
    public Id Id { get; init; }

    public Id? HatId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>That I am known in the mini-program.</summary>
public sealed record KeptWeChat
{
    public Id Id { get; init; }

    public DateTimeOffset BoundAt { get; init; }
}

/// <summary>Something I was told; the body is JSON of ids and codes.</summary>
public sealed record KeptNotice
{
    public Id Id { get; init; }

    public string Topic { get; init; } = "";

    public Id SubjectId { get; init; }

    public string Body { get; init; } = "";

    public DateTimeOffset SentAt { get; init; }

    public DateTimeOffset? SeenAt { get; init; }
}

/// <summary>The volunteer itself.</summary>
public sealed record KeptVolunteer
{
    public Id Id { get; init; }

    public Id SiteId { get; init; }

    public string Status { get; init; } = "";

    public string Name { get; init; } = "";

    public string Gender { get; init; } = "";

    public string? BornOn { get; init; }

    public string? IdNumber { get; init; }

    public bool RealName { get; init; }

    public string? Phone { get; init; }

    public string Languages { get; init; } = "";

    public string? InsuredUntil { get; init; }

    public int RadiusM { get; init; }

    public int MaxOrdersAWeek { get; init; }

    public int MaxMinutesADay { get; init; }

    public int Asked { get; init; }

    public int Accepted { get; init; }

    public int Came { get; init; }

    public int OnTime { get; init; }

    public int NoShows { get; init; }

    public int RatingSum { get; init; }

    public int RatingCount { get; init; }

    public int Served { get; init; }

    public int VerifiedMinutes { get; init; }

    public DateTimeOffset RegisteredAt { get; init; }

    public DateTimeOffset? SuspendedUntil { get; init; }
}

/// <summary>A skill and its level.</summary>
public sealed record KeptSkill
{
    public string Code { get; init; } = "";

    public string NameZh { get; init; } = "";

    public int Level { get; init; }
}

/// <summary>A qualification; days are yyyy-MM-dd.</summary>
public sealed record KeptQualification
{
    public string Code { get; init; } = "";

    public string NameZh { get; init; } = "";

    public string Issuer { get; init; } = "";

    public string Number { get; init; } = "";

    public string? ValidFrom { get; init; }

    public string? ValidTo { get; init; }

    public DateTimeOffset? VerifiedAt { get; init; }
}

/// <summary>A place I serve from, WGS-84.</summary>
public sealed record KeptPlace
{
    public string? Label { get; init; }

    public double Lat { get; init; }

    public double Lng { get; init; }

    public double AccuracyM { get; init; }
}

/// <summary>Weekly hours, in minutes of the week from Monday 00:00.</summary>
public sealed record KeptSlot
{
    public int FromMinute { get; init; }

    public int ToMinute { get; init; }
}

/// <summary>Free or away, beside the weekly hours.</summary>
public sealed record KeptException
{
    public DateTimeOffset StartsAt { get; init; }

    public DateTimeOffset EndsAt { get; init; }

    public bool Free { get; init; }
}

/// <summary>A team I am in.</summary>
public sealed record KeptTeam
{
    public Id Id { get; init; }

    public string Name { get; init; } = "";

    public DateTimeOffset JoinedAt { get; init; }
}

/// <summary>An offer I was made.</summary>
public sealed record KeptOffer
{
    public Id Id { get; init; }

    public Id OrderId { get; init; }

    public string State { get; init; } = "";

    public DateTimeOffset SentAt { get; init; }

    public DateTimeOffset? SeenAt { get; init; }

    public DateTimeOffset? AnsweredAt { get; init; }

    public string? Reason { get; init; }

    public string? Note { get; init; }
}

/// <summary>A seat I held.</summary>
public sealed record KeptAssignment
{
    public Id Id { get; init; }

    public Id OrderId { get; init; }

    public string State { get; init; } = "";

    public DateTimeOffset WindowStart { get; init; }

    public DateTimeOffset WindowEnd { get; init; }

    public DateTimeOffset AcceptedAt { get; init; }

    public DateTimeOffset? CheckedInAt { get; init; }

    public DateTimeOffset? CheckedOutAt { get; init; }

    public int? Minutes { get; init; }

    public string? Evidence { get; init; }

    public string? Reason { get; init; }
}

/// <summary>Where and when I checked in or out.</summary>
public sealed record KeptAttendance
{
    public Id AssignmentId { get; init; }

    public string Direction { get; init; } = "";

    public DateTimeOffset HappenedAt { get; init; }

    public string Method { get; init; } = "";

    public string Evidence { get; init; } = "";

    public double? Lat { get; init; }

    public double? Lng { get; init; }

    public double? AccuracyM { get; init; }
}

/// <summary>A line of my ledger.</summary>
public sealed record KeptHours
{
    public Id Id { get; init; }

    public int Sequence { get; init; }

    public Id OrderId { get; init; }

    public int Minutes { get; init; }

    public string Evidence { get; init; } = "";

    public string ServiceDay { get; init; } = "";

    public DateTimeOffset PostedAt { get; init; }
}

/// <summary>A rating that is shown by now.</summary>
public sealed record KeptRating
{
    public Id OrderId { get; init; }

    public string Direction { get; init; } = "";

    public int? Score { get; init; }

    public string? Words { get; init; }

    public DateTimeOffset RatedAt { get; init; }
}

/// <summary>The resident itself.</summary>
public sealed record KeptResident
{
    public Id Id { get; init; }

    public Id SiteId { get; init; }

    public string Name { get; init; } = "";

    public string? Gender { get; init; }

    public int? BirthYear { get; init; }

    public string Languages { get; init; } = "";

    public string? Phone { get; init; }

    public string? Address { get; init; }

    public double? Lat { get; init; }

    public double? Lng { get; init; }

    public double? AccuracyM { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Somebody who may ask for this resident.</summary>
public sealed record KeptProxy
{
    public Id AccountId { get; init; }

    public string Relation { get; init; } = "";

    public DateTimeOffset GrantedAt { get; init; }
}

/// <summary>A wish.</summary>
public sealed record KeptWish
{
    public Id Id { get; init; }

    public string State { get; init; } = "";

    public string Channel { get; init; } = "";

    public string Words { get; init; } = "";

    public string? Address { get; init; }

    public double Lat { get; init; }

    public double Lng { get; init; }

    public DateTimeOffset WindowStart { get; init; }

    public DateTimeOffset WindowEnd { get; init; }

    public string Urgency { get; init; } = "";

    public string? GenderWanted { get; init; }

    public string? LanguageWanted { get; init; }

    public string? Question { get; init; }

    public string? Answer { get; init; }

    public string? Reason { get; init; }

    public DateTimeOffset SubmittedAt { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }
}

/// <summary>An order that was made for this resident.</summary>
public sealed record KeptOrder
{
    public Id Id { get; init; }

    public string State { get; init; } = "";

    public string Need { get; init; } = "";

    public string? Address { get; init; }

    public double Lat { get; init; }

    public double Lng { get; init; }

    public DateTimeOffset WindowStart { get; init; }

    public DateTimeOffset WindowEnd { get; init; }

    public string Urgency { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ConfirmedAt { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }
}

/// <summary>A volunteer whom this resident does not want, or who does not want this resident.</summary>
public sealed record KeptBlock
{
    public Id VolunteerId { get; init; }

    public string SaidBy { get; init; } = "";

    public DateTimeOffset SaidAt { get; init; }
}
