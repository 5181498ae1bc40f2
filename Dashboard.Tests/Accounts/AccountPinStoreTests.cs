using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Accounts;

public sealed class AccountPinStoreTests
{
    [Fact]
    public async Task SaveAsync_ThenARestart_KeepsThePinsAndTheSignIn()
    {
        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = ModeratorOfTests.Configuration });
        using var visitor = new FormVisitor(host.BaseAddress);
        using var _ = await visitor.SignInAsync(ModeratorOfTests.Email, ModeratorOfTests.Password);
        var id = await AccountIdAsync(host);
        string[] rooms = ["main stage", "café,\"español\""];
        Assert.Empty(await host.Services.GetRequiredService<IPinStore>().LoadAsync(id));

        await host.Services.GetRequiredService<IPinStore>().SaveAsync(id, rooms);
        await host.RestartAsync();

        Assert.Equal(rooms, await host.Services.GetRequiredService<IPinStore>().LoadAsync(id));
        using var page = await visitor.GetAsync("/wall");
        Assert.Equal(System.Net.HttpStatusCode.OK, page.StatusCode);
    }

    [Fact]
    public async Task SaveAsync_ForAnAccountThatIsGone_Fails()
    {
        await using var host = await DashboardHost.StartAsync();
        var store = host.Services.GetRequiredService<IPinStore>();

        await Assert.ThrowsAsync<InvalidOperationException>(() => store.SaveAsync("nobody", ["a"]));
        Assert.Empty(await store.LoadAsync("nobody"));
    }

    private static async Task<string> AccountIdAsync(DashboardHost host)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>().FindByEmailAsync(ModeratorOfTests.Email))!.Id;
    }
}
