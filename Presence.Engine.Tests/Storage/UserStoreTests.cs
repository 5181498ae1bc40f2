using Presence.Engine.Storage;
using Presence.Engine.Tests.Support;

namespace Presence.Engine.Tests.Storage;

public sealed class UserStoreTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SignInAsync_UnknownUser_IsMadeAndFoundAgain()
    {
        using var folder = new DatabaseFolder();
        await using var database = await folder.OpenAsync();
        var users = new UserStore(database);

        var made = await users.SignInAsync("ada", "Ada", isGuest: false, vouched: false, Cancel);

        Assert.Matches("^[0-9a-f]{24}$", made.InternalId);
        Assert.Matches("^[0-9a-f]{24}$", made.PublicId);
        Assert.NotEqual(made.InternalId, made.PublicId);
        Assert.Equal(made, await users.FindAsync("ada", Cancel));
    }
}
