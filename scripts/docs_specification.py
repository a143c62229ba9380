"""The models of the specification, and where each of their fields lives in our tables.

The specification is written as Prisma models in camelCase. A field keeps its name in snake_case on
the table that carries it; what differs from that stands under ``moved`` with its table and column.
"""

import re
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SpecifiedModel:
    """One model: its scalar fields in its own order, and the table that stands for it."""

    name: str
    table: str
    fields: tuple[str, ...]
    moved: dict[str, str] = field(default_factory=dict)  # field: "table.column"
    note: str = ""

    def place_of(self, name: str) -> tuple[str, str]:
        """Table and column of one field."""
        table, _, column = self.moved.get(name, f"{self.table}.{snake(name)}").partition(".")
        return table, column


def snake(name: str) -> str:
    """``userId`` to ``user_id``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SPECIFICATION: tuple[SpecifiedModel, ...] = (
    SpecifiedModel(
        "User",
        "users",
        _words(
            "id deviantartId username avatarUrl email accessToken refreshToken tokenExpiresAt refreshTokenExpiresAt "
            "refreshTokenWarningEmailSent refreshTokenExpiredEmailSent lastRefreshTokenRefresh timezone name "
            "emailVerified image createdAt updatedAt"
        ),
        moved={
            "deviantartId": "accounts.provider_account_id",
            "avatarUrl": "accounts.avatar_url",
            "accessToken": "accounts.access_token",
            "refreshToken": "accounts.refresh_token",
            "tokenExpiresAt": "accounts.expires_at",
            "refreshTokenExpiresAt": "accounts.refresh_token_expires_at",
            "refreshTokenWarningEmailSent": "accounts.refresh_token_warning_email_sent",
            "refreshTokenExpiredEmailSent": "accounts.refresh_token_expired_email_sent",
            "lastRefreshTokenRefresh": "accounts.last_refresh_token_refresh",
        },
        note="A person can link several DeviantArt accounts, so what belongs to one of them lies in `accounts`.",
    ),
    SpecifiedModel(
        "Account",
        "accounts",
        _words(
            "id userId type provider providerAccountId refresh_token access_token expires_at token_type scope id_token "
            "session_state"
        ),
    ),
    SpecifiedModel("Session", "login_sessions", _words("id sessionToken userId expires")),
    SpecifiedModel("VerificationToken", "verification_tokens", _words("identifier token expires")),
    SpecifiedModel(
        "InstanceUser", "instance_users", _words("id daUserId daUsername daAvatar role createdAt lastLoginAt")
    ),
    SpecifiedModel("InstanceSettings", "instance_settings", _words("id teamInvitesEnabled updatedAt")),
    SpecifiedModel(
        "Deviation",
        "deviations",
        _words(
            "id userId status title description tags categoryPath galleryIds automationId isMature matureLevel "
            "allowComments allowFreeDownload isAiGenerated noAi stashOnly addWatermark displayResolution uploadMode "
            "scheduledAt jitterSeconds actualPublishAt publishedAt stashItemId deviationId deviationUrl errorMessage "
            "retryCount lastRetryAt executionLockId executionLockedAt executionVersion postCountIncremented createdAt "
            "updatedAt"
        ),
    ),
    SpecifiedModel(
        "DeviationFile",
        "deviation_files",
        _words(
            "id deviationId originalFilename storageKey storageUrl mimeType fileSize width height duration sortOrder "
            "createdAt"
        ),
    ),
    SpecifiedModel(
        "Automation",
        "automations",
        _words(
            "id userId name description color icon sortOrder enabled draftSelectionMethod stashOnlyByDefault "
            "jitterMinSeconds jitterMaxSeconds lastExecutionLock isExecuting autoAddToSaleQueue saleQueuePresetId "
            "createdAt updatedAt"
        ),
    ),
    SpecifiedModel(
        "AutomationScheduleRule",
        "automation_schedule_rules",
        _words(
            "id automationId type timeOfDay intervalMinutes deviationsPerInterval dailyQuota daysOfWeek priority "
            "enabled createdAt updatedAt"
        ),
    ),
    SpecifiedModel(
        "AutomationDefaultValue",
        "automation_default_values",
        _words("id automationId fieldName value applyIfEmpty createdAt updatedAt"),
    ),
    SpecifiedModel(
        "AutomationExecutionLog",
        "automation_execution_logs",
        _words("id automationId executedAt scheduledCount errorMessage triggeredByRuleType"),
    ),
    SpecifiedModel(
        "PricePreset",
        "price_presets",
        _words("id userId name price minPrice maxPrice currency description isDefault sortOrder createdAt updatedAt"),
    ),
    SpecifiedModel(
        "SaleQueue",
        "sale_queue",
        _words(
            "id userId deviationId pricePresetId price status attempts lastAttemptAt processingBy lockedAt completedAt "
            "errorMessage errorDetails screenshotKey createdAt updatedAt"
        ),
    ),
    SpecifiedModel(
        "GalleryCache",
        "gallery_cache",
        _words("id userId folderId name parentId cachedAt"),
    ),
    SpecifiedModel("BrowseCache", "browse_cache", _words("id cacheKey userId responseData cachedAt")),
    SpecifiedModel("NoteFolder", "note_folders", _words("id userId type")),
    SpecifiedModel("NoteLabel", "note_labels", _words("id userId name color")),
    SpecifiedModel("NoteFolderLabel", "note_folder_labels", _words("id folderId labelId")),
    SpecifiedModel("NoteTemplate", "note_templates", _words("id userId name subject body")),
    SpecifiedModel("Template", "metadata_templates", _words("id userId type name content tags variables category")),
    SpecifiedModel(
        "ApiKey",
        "api_keys",
        _words("id userId name keyId keyHash keyPrefix permissions active lastUsedAt createdAt updatedAt revokedAt"),
    ),
)
