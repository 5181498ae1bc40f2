using System.Globalization;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Dashboard.Outbound;
using Presence.Dashboard.Webhooks;
using Presence.Engine.Storage;
using Presence.Engine.Webhooks;

namespace Presence.Dashboard.Live;

/// <summary>Webhooks as an Admin keeps them; the role is checked here, whatever the page shows.</summary>
internal sealed class WebhookAdministration(WebhookStore store, WebhookSender sender, OutboundGuard guard, ModeratorGuard moderators, TimeProvider time)
{
    /// <summary>Deliveries on one page.</summary>
    public const int PageSize = 50;

    /// <summary>All endpoints, and of the one that is looked at a page of its log.</summary>
    /// <exception cref="AccessRefusedException">Not an Admin.</exception>
    public async Task<WebhookReading> ReadAsync(WebhookView view, CancellationToken cancellationToken)
    {
        await moderators.RequireAsync(ModeratorRole.Admin);
        var pending = await store.CountPendingAsync(cancellationToken);
        var one = view.Id is { } id ? store.Find(id) : null;
        var found = one is null ? [] : await store.ListDeliveriesAsync(one.Id, view.State, view.Type, view.Before, PageSize + 1, cancellationToken);
        return new WebhookReading(store.List(), pending, one, [.. found.Take(PageSize)], found.Count > PageSize ? found[PageSize - 1].Id : null, time.GetUtcNow());
    }

    /// <summary>Creates an endpoint, or with an id changes one.</summary>
    /// <returns>The endpoint, or what is wrong with the draft.</returns>
    /// <exception cref="AccessRefusedException">Not an Admin. Nothing was changed.</exception>
    /// <exception cref="StoreFullException">The cap is reached. Nothing was changed.</exception>
    public async Task<(WebhookEndpoint? Saved, string? Problem)> SaveAsync(string? id, WebhookDraft draft, CancellationToken cancellationToken)
    {
        var moderator = await moderators.RequireAsync(ModeratorRole.Admin);
        if (WebhookRules.ProblemOfUrl(draft.Url, guard) is { } problem)
            return (null, $"{WebhookTexts.Url} {problem}");
        if (WebhookRules.ProblemOf(draft.Events, draft.Rooms, draft.Thresholds, out var filter) is { } refused)
            return (null, $"{refused.Field} {refused.Rule}");
        return (id is null ? await store.CreateAsync(draft.Url, filter, moderator.Actor, cancellationToken) : await store.ChangeAsync(id, draft.Url, filter, moderator.Actor, cancellationToken), null);
    }

    /// <inheritdoc cref="WebhookStore.SetPausedAsync"/>
    /// <exception cref="AccessRefusedException">Not an Admin. Nothing was changed.</exception>
    public async Task SetPausedAsync(string id, bool isPaused, CancellationToken cancellationToken) =>
        await store.SetPausedAsync(id, isPaused, (await moderators.RequireAsync(ModeratorRole.Admin)).Actor, cancellationToken);

    /// <inheritdoc cref="WebhookStore.RotateAsync"/>
    /// <exception cref="AccessRefusedException">Not an Admin. Nothing was changed.</exception>
    public async Task<WebhookEndpoint?> RotateAsync(string id, CancellationToken cancellationToken) =>
        await store.RotateAsync(id, (await moderators.RequireAsync(ModeratorRole.Admin)).Actor, cancellationToken);

    /// <inheritdoc cref="WebhookStore.DeleteAsync"/>
    /// <exception cref="AccessRefusedException">Not an Admin. Nothing was changed.</exception>
    public async Task DeleteAsync(string id, CancellationToken cancellationToken) =>
        await store.DeleteAsync(id, (await moderators.RequireAsync(ModeratorRole.Admin)).Actor, cancellationToken);

    /// <inheritdoc cref="WebhookSender.TestAsync"/>
    /// <exception cref="AccessRefusedException">Not an Admin. Nothing was sent.</exception>
    public async Task<WebhookDelivery?> TestAsync(string id, CancellationToken cancellationToken) =>
        await sender.TestAsync(id, (await moderators.RequireAsync(ModeratorRole.Admin)).Actor, cancellationToken);

    /// <inheritdoc cref="WebhookStore.ResendAsync"/>
    /// <exception cref="AccessRefusedException">Not an Admin. Nothing was changed.</exception>
    public async Task<long?> ResendAsync(string id, long deliveryId, CancellationToken cancellationToken) =>
        await store.ResendAsync(id, deliveryId, (await moderators.RequireAsync(ModeratorRole.Admin)).Actor, cancellationToken);
}

/// <summary>What the page shows.</summary>
/// <param name="Endpoints">All, the oldest first.</param>
/// <param name="Pending">How many events wait for each.</param>
/// <param name="One">The one that is looked at; null for the list.</param>
/// <param name="Deliveries">Its log, the latest first.</param>
/// <param name="Older">Where older ones begin; null on the last page.</param>
/// <param name="At">When it was read.</param>
public sealed record WebhookReading(
    IReadOnlyList<WebhookEndpoint> Endpoints, IReadOnlyDictionary<string, int> Pending, WebhookEndpoint? One, IReadOnlyList<WebhookDelivery> Deliveries, long? Older, DateTimeOffset At);

/// <summary>What is looked at, as in the page's address.</summary>
internal sealed record WebhookView(string? Id, WebhookDeliveryState? State, string? Type, long? Before)
{
    public static readonly IReadOnlyList<string> Types = [.. WebhookEvents.All, WebhookEvents.Gap, WebhookEvents.Test];

    /// <summary>From an address. What is no choice counts as left out.</summary>
    public static WebhookView Of(string? id, string? state, string? type, string? before) => new(
        id,
        Enum.TryParse<WebhookDeliveryState>(state, ignoreCase: true, out var known) && Enum.IsDefined(known) ? known : null,
        Types.Contains(type, StringComparer.Ordinal) ? type : null,
        long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null);
}

/// <summary>An endpoint as it is being written.</summary>
public sealed record WebhookDraft(string Url, IReadOnlyList<string> Events, IReadOnlyList<string> Rooms, IReadOnlyList<int> Thresholds);
