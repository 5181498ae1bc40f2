using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Components.Shared;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Tests.Components;

public sealed class TestViewerButtonTests : PageTest
{
    [Fact]
    public async Task Connect_PressedOnce_TurnsItsLightOn()
    {
        var options = new DashboardOptions();
        options.Clients.AllowUnverifiedLogin = true;
        options.Clients.Key = "a-client-key";
        Services.AddSingleton(options);
        Services.AddSingleton<KeyFolder>();
        Services.AddSingleton<ClientKey>();
        Services.AddSingleton<ClientCommands>();
        var page = Render<ConnectPage>();

        await page.ActAsync(shown => shown.ByRole("button", SharedTexts.SendTestViewer).ClickAsync(new()));

        Assert.Equal(SharedTexts.TestViewerSent, page.ByTestId("test-viewer").TextContent);
        await PassUntilAsync(() => page.ByTestId("light").GetAttribute("data-state") == "on");
    }

    [Fact]
    public async Task Room_ThatIsEmpty_OffersOneAndThenListsIt()
    {
        var page = Render<RoomDetailPage>(parameters => parameters.Add(room => room.RoomId, "stage"));
        page.WaitForAssertion(() => Assert.Equal(RoomTexts.EmptyRoom, page.ByTestId("empty").TextContent));

        await page.ActAsync(shown => shown.ByRole("button", SharedTexts.SendTestViewer).ClickAsync(new()));

        await PassUntilAsync(() => page.ByTestId("viewer-count").TextContent == "1");
        Assert.Equal(1, Engine.Count("stage").Viewers);
    }

    [Fact]
    public async Task Button_WhereHeartbeatsAreRefused_SaysWhatToDo()
    {
        Engine.Define("stage", new RoomDefinition { Status = RoomStatus.Ended });
        var button = Render<TestViewerButton>(parameters => parameters.Add(shown => shown.RoomId, "stage"));

        await button.ActAsync(shown => shown.ByRole("button", SharedTexts.SendTestViewer).ClickAsync(new()));

        Assert.Equal(SharedTexts.TestViewerEnded, button.ByTestId("test-viewer").TextContent);
    }

    [Fact]
    public async Task Observer_SeesNoButtonAndIsRefusedByTheService()
    {
        Moderator.SetRoles(nameof(ModeratorRole.Observer));

        Assert.Empty(Render<TestViewerButton>(parameters => parameters.Add(shown => shown.RoomId, "stage")).FindAll("button"));
        await Assert.ThrowsAsync<AccessRefusedException>(() => Services.GetService<TestViewerAdministration>()!.SendAsync("stage"));
        Assert.Equal(0, Engine.Count("stage").Viewers);
    }
}
