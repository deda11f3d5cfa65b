using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Accounts;

/// <summary>
/// The first platform admin, by the settings <c>Admin:Username</c> and <c>Admin:Password</c>: made at the start when there is no platform admin, and never
/// looked at again once there is one. The settings can then go.
/// </summary>
public static class FirstAdmin
{
    public static async Task MakeFirstAdminAsync(this WebApplication app)
    {
        var (username, password) = (app.Configuration["Admin:Username"], app.Configuration["Admin:Password"]);
        var database = app.Services.GetRequiredService<Database>();
        if (username is null || password is null || await HatStore.AnyPlatformAdminAsync(database))
        {
            return;
        }

        if (!Credentials.IsUsername(username) || !Credentials.IsStrong(password, username))
        {
            throw new SettingsException($"Admin:Username or Admin:Password cannot be used. {Refusals.UsernameInvalid.En} {Refusals.PasswordTooWeak.En}");
        }

        var passwordHash = Passwords.Hash(password);
        var (accounts, hats) = (app.Services.GetRequiredService<AccountStore>(), app.Services.GetRequiredService<HatStore>());
        try
        {
            await database.WriteAsync(
                async tx =>
                {
                    if (!await HatStore.AnyPlatformAdminAsync(tx))
                    {
                        await hats.GrantHatAsync(tx, await accounts.CreateAccountAsync(tx, null, username, passwordHash), Role.PlatformAdmin);
                    }
                },
                CancellationToken.None);
        }
        catch (SomebodyWasFirstException)
        {
            // Another process that started at the same moment; or the name is somebody else's.
            if (!await HatStore.AnyPlatformAdminAsync(database))
            {
                throw new SettingsException("Admin:Username is the username of another account; choose one that is free.");
            }
        }
    }
}
