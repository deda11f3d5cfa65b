using Matching.Accounts;
using Matching.Volunteers;

namespace Matching.Api.Tests.Volunteers;

/// <summary>Made-up people for tests, through the deeds that register real ones.</summary>
public static class People
{
    private static int _last;

    /// <summary>A valid id number that no other test has, of the district 430811.</summary>
    public static string IdNumber(string born = "19850312", bool male = false)
    {
        var sequence = Interlocked.Increment(ref _last);
        // A thousand a birthday; the year moves on after that.
        var date = $"{int.Parse(born[..4]) + sequence / 450}{born[4..]}";
        var seventeen = $"430811{date}{sequence % 450 * 2 + (male ? 1 : 0):000}";
        return seventeen + Matching.Volunteers.IdNumber.CheckCharacter(seventeen);
    }

    /// <summary>An account that registered itself at a site; her hat as a volunteer.</summary>
    public static async Task<Registered> RegisterAsync(Service service, World world, World.Place site, string name = "向小溪", string? idNumber = null)
    {
        var account = await world.HatAsync(Role.Resident);
        var answer = (await service.As(account).PostAsync("/volunteers", new
        {
            name,
            idNumber = idNumber ?? IdNumber(),
            siteId = site.Id.ToString(),
            phone = "13574400001",
        })).Yes();
        var id = Id.ParseOrNone((string)answer["id"]!);
        return new Registered(id, account, await HatOfAsync(service, account, id));
    }

    /// <summary>The same, approved by a clerk.</summary>
    public static async Task<Registered> ActiveAsync(Service service, World world, World.Place site, string name = "向小溪", string? idNumber = null)
    {
        var registered = await RegisterAsync(service, world, site, name, idNumber);
        var clerk = service.As(await world.HatAsync(Role.SiteAdmin, site));
        (await clerk.PostAsync($"/volunteers/{registered.Id}/approve", new { realNameChecked = true })).Yes();
        return registered;
    }

    private static async Task<Hat> HatOfAsync(Service service, Hat account, Id volunteerId)
    {
        var me = (await service.As(account).ReadAsync("/me")).Yes();
        var hat = me["hats"]!.AsArray().Single(one => (string?)one!["role"] == "volunteer" && (string?)one["subjectId"] == volunteerId.ToString())!;
        return new Hat(Id.ParseOrNone((string)hat["id"]!), account.AccountId, Role.Volunteer, null, volunteerId);
    }
}

/// <summary>A registered volunteer: the hat under which she registered, and the one that she was given.</summary>
public sealed record Registered(Id Id, Hat Account, Hat Hat);
