using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Presence.Dashboard.Accounts;

namespace Presence.Dashboard.Tests.Support;

/// <summary>Answers who is signed in when the test says so: until then a page loads, and with an exception it fails.</summary>
internal sealed class HeldAuthentication : AuthenticationStateProvider
{
    private TaskCompletionSource<AuthenticationState> _answer = new();

    public override Task<AuthenticationState> GetAuthenticationStateAsync() => _answer.Task;

    public void Fail() => _answer.SetException(new InvalidOperationException("broken"));

    /// <summary>Waits from now on, after it worked.</summary>
    public void Hold() => _answer = new();

    /// <summary>Fails from now on, after it worked.</summary>
    public void Break()
    {
        _answer = new();
        Fail();
    }

    public void Mend(ModeratorRole role = ModeratorRole.Observer)
    {
        var moderator = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "mod@example.com"), new Claim(ClaimTypes.Role, role.ToString())], "test"));
        if (_answer.Task.IsCompleted)
            _answer = new();
        _answer.SetResult(new AuthenticationState(moderator));
    }
}
