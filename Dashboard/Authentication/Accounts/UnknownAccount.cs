using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>Stands in for an account that does not exist, so that trying one takes as long as trying a real one.</summary>
internal sealed class UnknownAccount(IOptions<PasswordHasherOptions> options)
{
    private readonly PasswordHasher<ModeratorAccount> _hasher = new(options);
    private readonly ModeratorAccount _nobody = new();
    private string? _hash;

    public void Verify(string password)
    {
        _hash ??= _hasher.HashPassword(_nobody, Guid.NewGuid().ToString());
        _hasher.VerifyHashedPassword(_nobody, _hash, password);
    }
}
