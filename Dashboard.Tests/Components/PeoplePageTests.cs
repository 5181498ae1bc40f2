using System.Security.Claims;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Pages;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Audit;
using Presence.Engine.Rooms;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Tests.Components;

public sealed class PeoplePageTests : PageTest
{
    private const string Self = "mod@example.com";

    private static readonly Moderator Any = new("any", "any@example.com", ModeratorRole.Admin, IsDisabled: false, LastSeenAt: null);

    public PeoplePageTests()
    {
        Services.AddSingleton(Database);
        ModeratorAccounts.AddStores(Services);
        Services.AddDataProtection();
        Services.AddScoped<PeopleAdministration>();
    }

    [Fact]
    public async Task Role_ChangedInTheDialog_IsStored()
    {
        await MakeAsync(Self, ModeratorRole.Admin);
        await MakeAsync("ada@example.com", ModeratorRole.Observer);
        var page = await RenderAsync();
        await ChangeAsync(page, "ada@example.com", ("radio", nameof(ModeratorRole.Moderator)), ("button", PeopleTexts.Save));

        page.WaitForAssertion(() => Assert.Contains("ada@example.com is now Moderator", LastNotice!.Text, StringComparison.Ordinal));
        Assert.Equal(ModeratorRole.Moderator, await RoleOfAsync("ada@example.com"));

        await Services.GetRequiredService<NoticeBoard>().UndoAsync(LastNotice!);
        Assert.Equal(ModeratorRole.Observer, await RoleOfAsync("ada@example.com"));
    }

    [Fact]
    public async Task Rooms_ChosenInTheDialog_AreCheckedStoredAndShown()
    {
        await MakeAsync(Self, ModeratorRole.Admin);
        await MakeAsync("ada@example.com", ModeratorRole.Moderator);
        var page = await RenderAsync();
        var dialogs = Render<MudBlazor.MudDialogProvider>();
        var editing = page.Find("button[aria-label='Change ada@example.com']").ClickAsync();
        dialogs.WaitForElement("[role=dialog]");
        Assert.True(dialogs.ByRole("button", PeopleTexts.Save).HasAttribute("disabled"));

        await dialogs.ByRole("radio", PeopleTexts.SomeRooms).ClickAsync();
        Assert.True(dialogs.ByRole("button", PeopleTexts.Save).HasAttribute("disabled")); // none is named yet
        await dialogs.Find("textarea").InputAsync(new ChangeEventArgs { Value = "class-*\na/b" });
        Assert.Contains("\"a/b\": roomId must not contain", dialogs.Markup.Replace("&quot;", "\"", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.True(dialogs.ByRole("button", PeopleTexts.Save).HasAttribute("disabled"));
        await dialogs.Find("textarea").InputAsync(new ChangeEventArgs { Value = "lounge\n\nclass-* \n" });
        await dialogs.Find("input[type=checkbox]").ChangeAsync(new ChangeEventArgs { Value = true });
        await dialogs.ByRole("button", PeopleTexts.Save).ClickAsync();
        await editing;

        page.WaitForAssertion(() => Assert.Contains("Moderator in class-*, lounge · Observer elsewhere", page.Find("tbody").TextContent, StringComparison.Ordinal));
        Assert.Equal("ada@example.com is now Moderator in class-*, lounge · Observer elsewhere. Open pages follow at once.", LastNotice!.Text);
        await Services.GetRequiredService<NoticeBoard>().UndoAsync(LastNotice!);
        Assert.Equal(ModeratorRole.Moderator, (await Services.GetRequiredService<ModeratorStore>().ListAsync(Cancellation)).Single(one => one.Email == "ada@example.com").Access);
    }

    [Fact]
    public async Task Invitation_ForSomeRooms_MakesAnAccountForThem()
    {
        await MakeAsync(Self, ModeratorRole.Admin);
        var store = Services.GetRequiredService<InvitationStore>();
        var access = ModeratorAccess.Of(ModeratorRole.Moderator, RoomSet.Of("class-*"), observesElsewhere: false);

        var link = await store.IssueAsync("Ada", access, Self, Cancellation);
        Assert.Equal(access, (await store.ListAsync(Cancellation)).Single().Access);
        Assert.Equal([], await store.JoinAsync(link.PathAndQuery.Split("token=")[1], "ada@example.com", "correct horse battery", null, Cancellation));

        Assert.Equal(access, (await Services.GetRequiredService<ModeratorStore>().ListAsync(Cancellation)).Single(one => one.Email == "ada@example.com").Access);
        var acts = await new AuditLog(Database).ListAsync(new AuditQuery { Acts = [AuditActs.AccountInvited, AuditActs.AccountCreated] }, 10, Cancellation);
        Assert.All(acts.Take(2), act => Assert.Contains("\"rooms\":\"class-*\"", act.New, StringComparison.Ordinal));
    }

    [Fact]
    public async Task SecondFactor_RequiredByWhoHasOne_IsStoredAndCounted()
    {
        await MakeAsync(Self, ModeratorRole.Admin);
        await MakeAsync("ada@example.com", ModeratorRole.Observer);
        Moderator.SetClaims(new Claim(SecondFactorRule.ClaimType, "has"));
        var page = await RenderAsync();
        Assert.Equal("2 accounts have none yet: this leads them there at once.", page.ByTestId("without-second-factor").TextContent);

        await page.ActAsync(shown => shown.ByRole("switch", PeopleTexts.SecondFactorRule).ChangeAsync(new ChangeEventArgs { Value = true }));

        page.WaitForAssertion(() => Assert.Equal(PeopleTexts.SecondFactorIsRequired, LastNotice!.Text));
        Assert.True(await Services.GetRequiredService<SecondFactorRule>().IsInForceAsync(Cancellation));
        await Services.GetRequiredService<NoticeBoard>().UndoAsync(LastNotice!);
        Assert.False(await Services.GetRequiredService<SecondFactorRule>().IsInForceAsync(Cancellation));
    }

    [Fact]
    public async Task SecondFactor_RequiredByWhoHasNone_IsRefusedWithWhatToDo()
    {
        await MakeAsync(Self, ModeratorRole.Admin);
        var page = await RenderAsync();

        Assert.True(page.ByRole("switch", PeopleTexts.SecondFactorRule).HasAttribute("disabled"));
        Assert.Contains("Set up your own second factor first", page.ByTestId("own-second-factor").TextContent, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ModeratorChangeRefusedException>(() => Services.GetRequiredService<PeopleAdministration>().RequireSecondFactorAsync(isRequired: true, Cancellation));
        Assert.False(await Services.GetRequiredService<SecondFactorRule>().IsInForceAsync(Cancellation));
    }

    [Fact]
    public async Task Self_IsMarkedAndCannotBeChangedHere()
    {
        await MakeAsync(Self, ModeratorRole.Admin);

        var page = await RenderAsync();

        Assert.Contains("You", page.Find("tbody tr").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("tbody button"));
    }

    [Fact]
    public async Task LastAdmin_DisabledByAnother_IsRefusedWithTheReason()
    {
        await MakeAsync("boss@example.com", ModeratorRole.Admin);
        var page = await RenderAsync();
        await ChangeAsync(page, "boss@example.com", ("button", PeopleTexts.Disable));

        page.WaitForAssertion(() => Assert.Contains("only Admin", LastNotice!.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Account_DisabledAndUndone_IsEnabled()
    {
        await MakeAsync(Self, ModeratorRole.Admin);
        await MakeAsync("ada@example.com", ModeratorRole.Observer);
        var page = await RenderAsync();
        await ChangeAsync(page, "ada@example.com", ("button", PeopleTexts.Disable));
        Assert.True((await AccountAsync()).IsDisabled);

        await Services.GetRequiredService<NoticeBoard>().UndoAsync(LastNotice!);

        Assert.False((await AccountAsync()).IsDisabled);

        async Task<Moderator> AccountAsync() => (await Services.GetRequiredService<ModeratorStore>().ListAsync(Cancellation)).Single(account => account.Email == "ada@example.com");
    }

    [Fact]
    public async Task Invite_OfSomebody_ShowsTheLinkOnceAndTheInvitationUntilTakenBack()
    {
        await MakeAsync(Self, ModeratorRole.Admin);
        var page = await RenderAsync();
        Assert.True(page.ByTestId("make-link").HasAttribute("disabled"));

        page.Act(shown => shown.Find("#invite-for").Input("Ada"));
        await page.ActAsync(shown => shown.Find("form").SubmitAsync());

        page.WaitForAssertion(() => Assert.Contains("/join?token=", page.Find("code").TextContent, StringComparison.Ordinal));
        Assert.Contains("Ada", page.Find("[aria-labelledby=waiting] h3").TextContent, StringComparison.Ordinal);

        await page.ActAsync(shown => shown.Find("[aria-labelledby=waiting] button").ClickAsync());
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("[aria-labelledby=waiting] h3")));
        Assert.Empty(page.FindAll("[data-copy]"));
    }

    [Fact]
    public async Task PasswordLink_MadeInTheDialog_IsShownOnceAndWorks()
    {
        await MakeAsync(Self, ModeratorRole.Admin);
        await MakeAsync("ada@example.com", ModeratorRole.Observer);
        var page = await RenderAsync();
        var dialogs = Render<MudBlazor.MudDialogProvider>();

        var editing = page.Find("button[aria-label='Change ada@example.com']").ClickAsync();
        dialogs.WaitForElement("[role=dialog]");
        await dialogs.FindAll("button").Single(button => button.TextContent == "Create password link").ClickAsync();
        await editing;

        page.WaitForElement("[data-testid=password-link]");
        var text = page.ByTestId("password-link").TextContent;
        Assert.Contains("ada@example.com", text, StringComparison.Ordinal);
        Assert.Equal("ada@example.com", await Services.GetRequiredService<PasswordLinks>().FindAsync(page.Find("[data-testid=password-link] [data-copy]").GetAttribute("data-copy")!.Split("token=")[1], Cancellation));

        Assert.DoesNotContain("/new-password", (await RenderAsync()).Markup, StringComparison.Ordinal); // nobody sees it again
    }

    [Fact]
    public async Task List_ChangedByAnotherAdmin_IsReadAnew()
    {
        await MakeAsync(Self, ModeratorRole.Admin);
        var page = await RenderAsync();

        await MakeAsync("new@example.com", ModeratorRole.Observer);
        Services.GetRequiredService<AccountChanges>().Announce(accountId: null);

        page.WaitForAssertion(() => Assert.Contains("new@example.com", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task List_FilteredByRole_StaysSoWhenItIsReadAnew()
    {
        await MakeAsync(Self, ModeratorRole.Admin);
        await MakeAsync("ada@example.com", ModeratorRole.Observer);
        Services.GetRequiredService<NavigationManager>().NavigateTo("people?role=Observer");
        var page = await RenderAsync();
        Assert.Equal(["ada@example.com"], Accounts());

        await MakeAsync("new@example.com", ModeratorRole.Observer);
        await MakeAsync("boss@example.com", ModeratorRole.Admin);
        Services.GetRequiredService<AccountChanges>().Announce(accountId: null);

        page.WaitForAssertion(() => Assert.Equal(["ada@example.com", "new@example.com"], Accounts()));

        IEnumerable<string> Accounts() => page.FindAll("tbody strong").Select(account => account.TextContent);
    }

    [Fact]
    public async Task Page_WithoutTheRole_IsRefusedInTheServiceToo()
    {
        Moderator.SetRoles(nameof(ModeratorRole.Moderator));
        await PrepareAsync();

        var page = Render<PeoplePage>();

        Assert.Contains("No access", page.Markup, StringComparison.Ordinal);
        var people = Services.GetRequiredService<PeopleAdministration>();
        await Assert.ThrowsAsync<AccessRefusedException>(() => people.InviteAsync("Eve", ModeratorRole.Admin, Cancellation));
        await Assert.ThrowsAsync<AccessRefusedException>(() => people.ChangeAccessAsync(Any, ModeratorRole.Admin, Cancellation));
        await Assert.ThrowsAsync<AccessRefusedException>(() => people.SetDisabledAsync(Any, isDisabled: true, Cancellation));
        await Assert.ThrowsAsync<AccessRefusedException>(() => people.TakeBackAsync(1, Cancellation));
        await Assert.ThrowsAsync<AccessRefusedException>(() => people.MakePasswordLinkAsync("any", Cancellation));
    }

    [Fact]
    public async Task Page_WhileItIsRead_SaysSo()
    {
        var authentication = new HeldAuthentication();
        Services.AddSingleton<AuthenticationStateProvider>(authentication);
        await MakeAsync(Self, ModeratorRole.Admin);

        var page = Render<PeoplePage>();
        Assert.Equal("Loading…", page.ByTestId("loading").TextContent.Trim());
        authentication.Mend(ModeratorRole.Admin);

        await page.WaitForElementAsync("table");
    }

    [Fact]
    public async Task Invitations_WithNoneWaiting_SayNone()
    {
        await MakeAsync(Self, ModeratorRole.Admin);

        var page = await RenderAsync();

        Assert.Contains("None", page.Find("[aria-labelledby=waiting]").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("[aria-labelledby=waiting] button"));
    }

    [Fact]
    public async Task Accounts_ThatCannotBeRead_OfferToTryAgain()
    {
        var page = Render<PeoplePage>(); // their tables are not there yet

        await page.WaitForElementAsync("[role=alert]");
        await PrepareAsync();
        await page.ActAsync(shown => shown.Find("[role=alert] button").ClickAsync());

        await page.WaitForElementAsync("table");
    }

    private async Task<IRenderedComponent<PeoplePage>> RenderAsync()
    {
        var page = Render<PeoplePage>();
        await page.WaitForElementAsync("table");
        return page;
    }

    private async Task PrepareAsync()
    {
        await using var scope = Services.CreateAsyncScope();
        await Database.MigrateAsync(scope.ServiceProvider.GetRequiredService<AccountsContext>(), Cancellation);
        var roles = scope.ServiceProvider.GetRequiredService<RoleManager<IdentityRole>>();
        foreach (var role in Enum.GetNames<ModeratorRole>())
        {
            if (!await roles.RoleExistsAsync(role))
                await roles.CreateAsync(new IdentityRole(role));
        }
    }

    /// <summary>Opens an account's dialog and presses what is named in it, one after the other; done when the dialog is.</summary>
    private async Task ChangeAsync(IRenderedComponent<PeoplePage> page, string email, params (string Role, string Name)[] presses)
    {
        var dialogs = Render<MudBlazor.MudDialogProvider>();
        var editing = page.ActAsync(shown => shown.Find($"button[aria-label='Change {email}']").ClickAsync());
        dialogs.WaitForElement("[role=dialog]");
        foreach (var (role, name) in presses)
            await dialogs.ActAsync(shown => shown.ByRole(role, name).ClickAsync());
        await editing;
    }

    private async Task MakeAsync(string email, ModeratorRole role)
    {
        await PrepareAsync();
        await using var scope = Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<UserManager<ModeratorAccount>>();
        var account = new ModeratorAccount { UserName = email, Email = email };
        Assert.True((await accounts.CreateAsync(account, ModeratorOfTests.Password)).Succeeded);
        await accounts.AddToRoleAsync(account, role.ToString());
    }

    private async Task<ModeratorRole?> RoleOfAsync(string email) =>
        (await Services.GetRequiredService<ModeratorStore>().ListAsync(Cancellation)).Single(moderator => moderator.Email == email).Role;
}
