using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Sites;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Jobs;
using Matching.Geography;
using Matching.Sites;
using Matching.Volunteers;

namespace Matching.Api.Volunteers;

/// <summary>The half that registers volunteers, changes what they said and moves them from state to state.</summary>
public sealed partial class VolunteerStore
{
    private static readonly Sql<HashOnly, Volunteer> ByIdNumber = new(
        """
        SELECT id, version, account_id, center_id, site_id, path, status, name, name_sort, gender, born_on, id_number_sealed, real_name, phone_sealed,
            languages, insured_until, companion_id, radius_m, max_orders_a_week, max_minutes_a_day, asked, accepted, came, on_time, no_shows, rating_sum,
            rating_count, served, last_served_at, verified_minutes, registered_at, suspended_until
        FROM volunteers WHERE id_number_hash = @Hash
        """);

    private static readonly Sql<Hashes, HashRow> KnownHashes = new("SELECT id_number_hash FROM volunteers WHERE id_number_hash IN @All");

    private static readonly Sql<NewRow> Insert = new(
        """
        INSERT INTO volunteers (id, version, account_id, center_id, site_id, path, status, name, name_sort, gender, born_on, id_number_sealed,
            id_number_hash, id_hash_version, real_name, phone_sealed, languages, insured_until, radius_m, max_orders_a_week, max_minutes_a_day, asked,
            accepted, came, on_time, no_shows, rating_sum, rating_count, served, verified_minutes, registered_at)
        VALUES (@Id, 1, @AccountId, @CenterId, @SiteId, @Path, @Status, @Name, @NameSort, @Gender, @BornOn, @IdNumberSealed, @IdNumberHash, @IdHashVersion,
            @RealName, @PhoneSealed, @Languages, @InsuredUntil, @RadiusM, @MaxOrdersAWeek, @MaxMinutesADay, 0, 0, 0, 0, 0, 0, 0, 0, 0, @RegisteredAt)
        """);

    private static readonly Sql<ValuesRow> Update = new(
        """
        UPDATE volunteers SET account_id = @AccountId, center_id = @CenterId, site_id = @SiteId, path = @Path, phone_sealed = @PhoneSealed,
            languages = @Languages, insured_until = @InsuredUntil, companion_id = @CompanionId, radius_m = @RadiusM, max_orders_a_week = @MaxOrdersAWeek,
            max_minutes_a_day = @MaxMinutesADay
        WHERE id = @Id
        """);

    private static readonly Sql<StatusMove> MoveStatus = new(
        """
        UPDATE volunteers SET status = @To, suspended_until = @Until, real_name = @RealName, leased_by = NULL, leased_until = NULL
        WHERE id = @Id AND status = @From
        """);

    private static readonly Sql<ById, CountRowOnly> OpenAssignments = new(
        "SELECT COUNT(id) AS number FROM assignments WHERE volunteer_id = @Id AND holds = 1 AND state IN ('Confirmed', 'CheckedIn')");

    private static readonly Sql<DueQuery, DueRow> DueToResume = new(
        """
        SELECT id FROM volunteers
        WHERE suspended_until <= @Now AND (leased_until IS NULL OR leased_until <= @MachineNow)
        ORDER BY suspended_until, id
        {page}
        """);

    private static readonly Sql<TakeRows> TakeDue = new(
        """
        UPDATE volunteers SET leased_by = @NodeId, leased_until = @Until
        WHERE id IN @Ids AND suspended_until <= @Now AND (leased_until IS NULL OR leased_until <= @MachineNow)
        """);

    private static readonly Sql<RowsOfNode, DueRow> TakenDue = new(
        "SELECT id FROM volunteers WHERE id IN @Ids AND leased_by = @NodeId");

    private static readonly Sql<RowsOfNode> LetGoDue = new(
        "UPDATE volunteers SET leased_by = NULL, leased_until = NULL WHERE id IN @Ids AND leased_by = @NodeId");

    private static readonly DueRows<DueRow> DueRows = new(TakeDue, TakenDue, LetGoDue, volunteer => volunteer.Id);

    private static readonly Sql<ById> DropSkills = new("DELETE FROM volunteer_skills WHERE volunteer_id = @Id");

    private static readonly Sql<SkillRow> AddSkill = new("INSERT INTO volunteer_skills (volunteer_id, skill_id, level) VALUES (@VolunteerId, @SkillId, @Level)");

    private static readonly Sql<ById> DropPlaces = new("DELETE FROM volunteer_places WHERE volunteer_id = @Id");

    private static readonly Sql<NewPlace> AddPlace = new(
        "INSERT INTO volunteer_places (volunteer_id, number, label, lat, lng, accuracy_m) VALUES (@VolunteerId, @Number, @Label, @Lat, @Lng, @AccuracyM)");

    private static readonly Sql<ById> DropSlots = new("DELETE FROM volunteer_slots WHERE volunteer_id = @Id");

    private static readonly Sql<SlotRow> AddSlot = new("INSERT INTO volunteer_slots (volunteer_id, from_minute, to_minute) VALUES (@VolunteerId, @FromMinute, @ToMinute)");

    private static readonly Sql<ById> DropExceptions = new("DELETE FROM volunteer_exceptions WHERE volunteer_id = @Id");

    private static readonly Sql<NewException> AddException = new(
        """
        INSERT INTO volunteer_exceptions (volunteer_id, number, starts_at, ends_at, free)
        VALUES (@VolunteerId, @Number, @StartsAt, @EndsAt, @Free)
        """);

    private static readonly Sql<ById, HeldCertificate> HeldOf = new(
        """
        SELECT id, volunteer_id, qualification_id, issuer, number_sealed, valid_from, valid_to, verified_at
        FROM volunteer_qualifications WHERE volunteer_id = @Id
        ORDER BY id
        """);

    private static readonly Sql<NewHeld> AddHeld = new(
        """
        INSERT INTO volunteer_qualifications (id, volunteer_id, qualification_id, issuer, number_sealed, valid_from, valid_to, verified_at, verified_by)
        VALUES (@Id, @VolunteerId, @QualificationId, @Issuer, @NumberSealed, @ValidFrom, @ValidTo, @VerifiedAt, @VerifiedBy)
        """);

    private static readonly Sql<Verification> VerifyHeld = new(
        """
        UPDATE volunteer_qualifications SET verified_at = @VerifiedAt, verified_by = @VerifiedBy
        WHERE id = @Id AND volunteer_id = @VolunteerId AND verified_at IS NULL
        """);

    private static readonly Sql<HeldKey> DropHeld = new("DELETE FROM volunteer_qualifications WHERE id = @Id AND volunteer_id = @VolunteerId");

    private static readonly Sql<ListQuery, Volunteer> ListPage = new(
        """
        SELECT v.id, v.version, v.center_id, v.site_id, v.path, v.status, v.name, v.name_sort, v.gender, v.born_on, v.real_name, v.phone_sealed, v.languages,
            v.served, v.last_served_at, v.verified_minutes, v.registered_at, v.suspended_until
        FROM volunteers v
        WHERE v.center_id = @CenterId AND v.name_sort >= @AfterName AND (v.name_sort > @AfterName OR v.id > @AfterId)
            AND (@BeforeName IS NULL OR v.name_sort < @BeforeName) AND v.path >= @From AND v.path < @To AND (@Status IS NULL OR v.status = @Status)
            AND (@AwakeSince IS NULL OR v.last_served_at >= @AwakeSince)
            AND (@AsleepSince IS NULL OR v.last_served_at IS NULL OR v.last_served_at < @AsleepSince)
            AND (@AnySkill = 1 OR EXISTS (SELECT 1 FROM volunteer_skills s WHERE s.volunteer_id = v.id AND s.skill_id IN @SkillIds))
        ORDER BY v.name_sort, v.id
        {page}
        """);

    /// <summary>Whoever is registered under an id number.</summary>
    public Task<Volunteer?> FindByIdNumberAsync(IRows rows, IdNumber number) => rows.FirstAsync(ByIdNumber, new HashOnly(HashOf(number)));

    /// <summary>Throws <see cref="SomebodyWasFirstException"/> when the id number is registered already.</summary>
    public Task InsertAsync(Transaction tx, Volunteer volunteer, IdNumber number) => InsertEachAsync(tx, [new NewVolunteer(volunteer, number, [], [], [])]);

    /// <summary>
    /// Registers many at once, with what they said about themselves. Throws <see cref="SomebodyWasFirstException"/> when one of the id numbers is
    /// registered already (<see cref="KnownAsync"/>).
    /// </summary>
    public async Task InsertEachAsync(Transaction tx, IReadOnlyCollection<NewVolunteer> volunteers)
    {
        await tx.ExecuteEachAsync(Insert, [.. volunteers.Select(one => RowOf(one.Volunteer, one.IdNumber))]);
        await tx.ExecuteEachAsync(AddSkill, [.. volunteers.SelectMany(one => one.Skills, (one, skill) =>
            new SkillRow { VolunteerId = one.Volunteer.Id, SkillId = skill.Skill, Level = skill.Level })]);
        await tx.ExecuteEachAsync(AddPlace, [.. volunteers.SelectMany(one => one.Places.Select((place, i) =>
            new NewPlace(one.Volunteer.Id, i + 1, null, place.Lat, place.Lng, place.AccuracyM)))]);
        await tx.ExecuteEachAsync(AddSlot, [.. volunteers.SelectMany(one => one.Weekly, (one, slot) =>
            new SlotRow { VolunteerId = one.Volunteer.Id, FromMinute = slot.StartMinute, ToMinute = slot.StartMinute + slot.Minutes })]);
        await tx.ExecuteEachAsync(InsertChange, [.. volunteers.Select(one => new NewChange(ids.Next(IdKind.Change), one.Volunteer.Id))]);
    }

    /// <summary>Which of these id numbers are registered.</summary>
    public async Task<HashSet<string>> KnownAsync(IRows rows, IEnumerable<IdNumber> numbers)
    {
        var known = new HashSet<string>();
        foreach (var chunk in numbers.Chunk(ByIds.Most))
        {
            var byHash = chunk.ToDictionary(number => Convert.ToHexString(HashOf(number)));
            foreach (var row in await rows.ListAsync(KnownHashes, new Hashes([.. byHash.Keys.Select(Convert.FromHexString)])))
            {
                known.Add(byHash[Convert.ToHexString(row.IdNumberHash)].Reveal());
            }
        }

        return known;
    }

    /// <summary>Writes what may change about a volunteer; who calls it touches the volunteer first.</summary>
    public Task UpdateAsync(Transaction tx, Volunteer volunteer) => tx.ExecuteAsync(Update, new ValuesRow(
        volunteer.Id, volunteer.AccountId, volunteer.CenterId, volunteer.SiteId, volunteer.Path, volunteer.PhoneSealed, volunteer.Languages,
        volunteer.InsuredUntil, volunteer.CompanionId, volunteer.RadiusM, volunteer.MaxOrdersAWeek, volunteer.MaxMinutesADay));

    /// <summary>Moves a volunteer on; false when somebody else moved her first.</summary>
    public async Task<bool> MoveAsync(Transaction tx, Volunteer volunteer, VolunteerStatus to, DateTimeOffset? suspendedUntil = null)
    {
        await TouchAsync(tx, volunteer.Id);
        return await tx.ExecuteAsync(
            MoveStatus, new StatusMove(volunteer.Id, volunteer.Status.ToString(), to.ToString(), suspendedUntil, volunteer.RealName)) == 1;
    }

    /// <summary>Services promised and not done.</summary>
    public async Task<int> OpenAssignmentsAsync(IRows rows, Id volunteerId) => (await rows.FirstAsync(OpenAssignments, new ById(volunteerId)))!.Number;

    /// <summary>Takes those whose suspension is over for this node.</summary>
    public async Task<Lease<DueRow>> TakeDueToResumeAsync(int take, CancellationToken ct) =>
        await leases.TakeAsync(DueRows, await database.ListAsync(DueToResume, leases.DueNow(take)), ct);

    /// <summary>A volunteer with all that hangs on her.</summary>
    public async Task<VolunteerDetails> DetailsAsync(IRows rows, Volunteer volunteer)
    {
        var one = new ByIds([volunteer.Id.ToBytes()]);
        return new VolunteerDetails(
            volunteer,
            (await rows.ListAsync(SkillFacts, one)).ConvertAll(row => new HeldSkill(row.SkillId, row.Level)),
            await rows.ListAsync(HeldOf, new ById(volunteer.Id)),
            (await rows.ListAsync(PlaceFacts, one)).ConvertAll(row => (row.Label, new Place(row.Lat, row.Lng, row.AccuracyM))),
            (await rows.ListAsync(SlotFacts, one)).ConvertAll(row => new WeeklySlot(row.FromMinute, row.ToMinute - row.FromMinute)),
            (await rows.ListAsync(ExceptionFacts, one)).ConvertAll(row => new ExceptionOnWire(row.StartsAt, row.EndsAt, row.Free)));
    }

    /// <summary>
    /// Writes the parts of a profile that are given and answers the whole. <paramref name="version"/>: the version that was read, where the edit asks
    /// for it. <paramref name="find"/> says whose profile it is, and that the caller may.
    /// </summary>
    public Task<Outcome<VolunteerDetails>> ChangeAsync(
        Func<IRows, Task<Volunteer?>> find, ProfileChange change, int? version, Reach homes, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            if (await find(tx) is not { } volunteer)
            {
                return Refusals.VolunteerUnknown;
            }

            if (version is { } read && !await TouchIfAsync(tx, volunteer.Id, read))
            {
                return Refusals.ChangedMeanwhile;
            }

            if (version is null)
            {
                await TouchAsync(tx, volunteer.Id);
            }

            if (await WriteAsync(tx, volunteer, change, homes) is { } refusal)
            {
                return refusal;
            }

            return (Outcome<VolunteerDetails>)await DetailsAsync(tx, (await FindAsync(tx, volunteer.Id))!);
        },
        ct);

    /// <summary>Writes the parts of a profile that are given; null, or why not. The volunteer has been touched.</summary>
    public async Task<Refusal?> WriteAsync(Transaction tx, Volunteer volunteer, ProfileChange change, Reach homes)
    {
        var home = change.SiteId is { } siteId ? await sites.OwnerOfAsync(tx, siteId) : null;
        if (change.SiteId is not null && (home is null || home.CenterId != volunteer.CenterId || !homes.Covers(home.Path) || !await sites.HoldAsync(tx, home)))
        {
            return Refusals.SiteUnknown.At("siteId");
        }

        if (change.CompanionId is { } companionId && !await MayAccompanyAsync(tx, volunteer, companionId))
        {
            return Refusals.CompanionWrong.At("companionId");
        }

        await UpdateAsync(tx, volunteer with
        {
            SiteId = home?.Id ?? volunteer.SiteId,
            Path = home?.Path ?? volunteer.Path,
            PhoneSealed = change.Phone is { } phone ? vault.Seal(PhoneNumber.Read(phone).Value) : volunteer.PhoneSealed,
            Languages = change.Languages is { } languages ? string.Join(',', languages) : volunteer.Languages,
            InsuredUntil = Days.WriteIfAny(change.InsuredUntil) ?? volunteer.InsuredUntil,
            CompanionId = change.CompanionId ?? volunteer.CompanionId,
            RadiusM = change.RadiusM ?? volunteer.RadiusM,
            MaxOrdersAWeek = change.Limits?.OrdersAWeek ?? volunteer.MaxOrdersAWeek,
            MaxMinutesADay = change.Limits?.MinutesADay ?? volunteer.MaxMinutesADay,
        });

        if (change.Skills is { } skills && await PutSkillsAsync(tx, volunteer, skills) is { } unknown)
        {
            return unknown;
        }

        await PutPlacesAsync(tx, volunteer.Id, change.Places);
        await PutTimesAsync(tx, volunteer.Id, change.Weekly, change.Exceptions);
        return null;
    }

    public async Task AddCertificateAsync(
        Transaction tx, Id volunteerId, Id heldId, Id qualificationId, string issuer, string number, DateOnly? validFrom, DateOnly? validTo,
        DateTimeOffset? verifiedAt = null, Id? verifiedBy = null)
    {
        await TouchAsync(tx, volunteerId);
        await tx.ExecuteAsync(AddHeld, new NewHeld(
            heldId, volunteerId, qualificationId, issuer, vault.Seal(number), Days.WriteIfAny(validFrom), Days.WriteIfAny(validTo), verifiedAt, verifiedBy));
    }

    /// <summary>False when there is no such certificate, or somebody verified it before.</summary>
    public async Task<bool> VerifyCertificateAsync(Transaction tx, Id volunteerId, Id heldId, Id verifiedBy)
    {
        await TouchAsync(tx, volunteerId);
        return await tx.ExecuteAsync(VerifyHeld, new Verification(heldId, volunteerId, clock.GetUtcNow(), verifiedBy)) == 1;
    }

    public async Task<bool> DropCertificateAsync(Transaction tx, Id volunteerId, Id heldId)
    {
        await TouchAsync(tx, volunteerId);
        return await tx.ExecuteAsync(DropHeld, new HeldKey(heldId, volunteerId)) == 1;
    }

    /// <summary>A page of volunteers of a center by name.</summary>
    public Task<List<Volunteer>> ListAsync(
        Id centerId, Reach reach, VolunteerStatus? status, IReadOnlyCollection<Id>? skillIds, string? namePrefix, (bool Awake, DateTimeOffset Since)? awake,
        (string Name, Id Id) after, int take) =>
        database.ListAsync(ListPage, new ListQuery(
            centerId, reach.From, reach.To, status?.ToString(), skillIds is null, [.. (skillIds ?? [Id.None]).Select(id => id.ToBytes())],
            namePrefix is not null && string.CompareOrdinal(namePrefix, after.Name) > 0 ? namePrefix : after.Name,
            namePrefix is null ? null : namePrefix + "\U0010FFFF", awake is (true, var since) ? since : null, awake is (false, var until) ? until : null, after.Id, take));

    private NewRow RowOf(Volunteer volunteer, IdNumber number) => new(
        volunteer.Id, volunteer.AccountId, volunteer.CenterId, volunteer.SiteId, volunteer.Path, volunteer.Status.ToString(), volunteer.Name,
        Folded.Of(volunteer.Name), number.Gender.ToString(), Days.Write(number.BirthDate), vault.Seal(number.Reveal()), HashOf(number),
        vault.LookupVersion, volunteer.RealName, volunteer.PhoneSealed, volunteer.Languages, volunteer.InsuredUntil, volunteer.RadiusM,
        volunteer.MaxOrdersAWeek, volunteer.MaxMinutesADay, volunteer.RegisteredAt);

    private byte[] HashOf(IdNumber number) => vault.LookupHash("id-number", number.Reveal());

    private async Task<bool> MayAccompanyAsync(IRows rows, Volunteer minor, Id companionId) =>
        companionId != minor.Id
        && await FindAsync(rows, companionId) is { Status: VolunteerStatus.Active, RealName: true, BornOn: { } bornOn } companion
        && companion.CenterId == minor.CenterId
        && Days.Read(bornOn).AddYears(Engine.HardRules.AdultYears) <= LocalTime.DayOf(clock.GetUtcNow(), await sites.TimeZoneAsync(rows, companion.CenterId));

    private async Task<Refusal?> PutSkillsAsync(Transaction tx, Volunteer volunteer, IReadOnlyList<SkillOnWire> skills)
    {
        // Retired skills may stay with those who have them.
        var known = (await catalog.SkillsAsync(tx, volunteer.CenterId)).Select(skill => skill.Id).ToHashSet();
        var unknown = skills.ToList().FindIndex(skill => !known.Contains(skill.SkillId));
        if (unknown >= 0)
        {
            return Refusals.SkillUnknown.At($"skills[{unknown}].skillId");
        }

        await tx.ExecuteAsync(DropSkills, new ById(volunteer.Id));
        foreach (var skill in skills)
        {
            await tx.ExecuteAsync(AddSkill, new SkillRow { VolunteerId = volunteer.Id, SkillId = skill.SkillId, Level = skill.Level });
        }

        return null;
    }

    private static async Task PutPlacesAsync(Transaction tx, Id volunteerId, IReadOnlyList<StartingPlace>? places)
    {
        if (places is null)
        {
            return;
        }

        await tx.ExecuteAsync(DropPlaces, new ById(volunteerId));
        for (var i = 0; i < places.Count; i++)
        {
            var place = places[i].Place.Read().Value;
            await tx.ExecuteAsync(AddPlace, new NewPlace(volunteerId, i + 1, places[i].Label, place.Lat, place.Lng, place.AccuracyM));
        }
    }

    private static async Task PutTimesAsync(Transaction tx, Id volunteerId, IReadOnlyList<SlotOnWire>? weekly, IReadOnlyList<ExceptionOnWire>? exceptions)
    {
        if (weekly is not null)
        {
            await tx.ExecuteAsync(DropSlots, new ById(volunteerId));
            foreach (var slot in weekly.Select(slot => slot.ToSlot()))
            {
                await tx.ExecuteAsync(AddSlot, new SlotRow { VolunteerId = volunteerId, FromMinute = slot.StartMinute, ToMinute = slot.StartMinute + slot.Minutes });
            }
        }

        if (exceptions is not null)
        {
            await tx.ExecuteAsync(DropExceptions, new ById(volunteerId));
            for (var i = 0; i < exceptions.Count; i++)
            {
                await tx.ExecuteAsync(AddException, new NewException(volunteerId, i + 1, exceptions[i].Start, exceptions[i].End, exceptions[i].Free));
            }
        }
    }

    private sealed record HashOnly(byte[] Hash);

    private sealed record Hashes(IReadOnlyList<byte[]> All);

    private sealed record HashRow
    {
        public byte[] IdNumberHash { get; init; } = [];
    }

    private sealed record NewRow(
        Id Id, Id? AccountId, Id CenterId, Id SiteId, string Path, string Status, string Name, string NameSort, string Gender, string BornOn,
        string IdNumberSealed, byte[] IdNumberHash, int IdHashVersion, bool RealName, string? PhoneSealed, string Languages, string? InsuredUntil,
        int RadiusM, int MaxOrdersAWeek, int MaxMinutesADay, DateTimeOffset RegisteredAt);

    private sealed record ValuesRow(
        Id Id, Id? AccountId, Id CenterId, Id SiteId, string Path, string? PhoneSealed, string Languages, string? InsuredUntil, Id? CompanionId,
        int RadiusM, int MaxOrdersAWeek, int MaxMinutesADay);

    private sealed record StatusMove(Id Id, string From, string To, DateTimeOffset? Until, bool RealName);

    private sealed record NewPlace(Id VolunteerId, int Number, string? Label, double Lat, double Lng, double AccuracyM);

    private sealed record NewException(Id VolunteerId, int Number, DateTimeOffset StartsAt, DateTimeOffset EndsAt, bool Free);

    private sealed record NewHeld(
        Id Id, Id VolunteerId, Id QualificationId, string Issuer, string NumberSealed, string? ValidFrom, string? ValidTo, DateTimeOffset? VerifiedAt,
        Id? VerifiedBy);

    private sealed record Verification(Id Id, Id VolunteerId, DateTimeOffset VerifiedAt, Id VerifiedBy);

    private sealed record HeldKey(Id Id, Id VolunteerId);

    private sealed record ListQuery(
        Id CenterId, string From, string To, string? Status, bool AnySkill, IReadOnlyList<byte[]> SkillIds, string AfterName, string? BeforeName,
        DateTimeOffset? AwakeSince, DateTimeOffset? AsleepSince, Id AfterId, int Take);

    private sealed record CountRowOnly
    {
        public int Number { get; init; }
    }
}

/// <summary>A volunteer with all that hangs on her.</summary>
public sealed record VolunteerDetails(
    Volunteer Volunteer, IReadOnlyList<HeldSkill> Skills, IReadOnlyList<HeldCertificate> Qualifications, IReadOnlyList<(string? Label, Place Place)> Places,
    IReadOnlyList<WeeklySlot> Weekly, IReadOnlyList<ExceptionOnWire> Exceptions);

/// <summary>Somebody who is not registered yet, with what they said about themselves.</summary>
public sealed record NewVolunteer(
    Volunteer Volunteer, IdNumber IdNumber, IReadOnlyList<HeldSkill> Skills, IReadOnlyList<Place> Places, IReadOnlyList<WeeklySlot> Weekly);

/// <summary>A certificate as the rows have it.</summary>
public sealed record HeldCertificate
{
    public Id Id { get; init; }

    public Id VolunteerId { get; init; }

    public Id QualificationId { get; init; }

    public string Issuer { get; init; } = "";

    public string NumberSealed { get; init; } = "";

    public string? ValidFrom { get; init; }

    public string? ValidTo { get; init; }

    public DateTimeOffset? VerifiedAt { get; init; }

    public HeldOnWire Shown(Vault vault) => new(
        Id, QualificationId, Issuer, Masks.Middle(vault.Open(NumberSealed))!, Days.ReadIfAny(ValidFrom), Days.ReadIfAny(ValidTo), VerifiedAt);
}

/// <summary>What somebody wants changed; what is null stays as it is.</summary>
public sealed record ProfileChange
{
    public Id? SiteId { get; init; }

    public string? Phone { get; init; }

    public IReadOnlyList<string>? Languages { get; init; }

    public DateOnly? InsuredUntil { get; init; }

    public Id? CompanionId { get; init; }

    public int? RadiusM { get; init; }

    public LimitsOnWire? Limits { get; init; }

    public IReadOnlyList<SkillOnWire>? Skills { get; init; }

    public IReadOnlyList<StartingPlace>? Places { get; init; }

    public IReadOnlyList<SlotOnWire>? Weekly { get; init; }

    public IReadOnlyList<ExceptionOnWire>? Exceptions { get; init; }
}
