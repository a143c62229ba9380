"""Automations, sales, keys, channels, notes, statistics

Revision ID: 2026_11_21_automations
Revises: 2026_11_21_submitted_as
"""

from alembic import op
import sqlalchemy as sa
from core.db import types

revision = '2026_11_21_automations'
down_revision = '2026_11_21_submitted_as'
branch_labels = None
depends_on = None


OUTCOMES = ('scheduled', 'partial', 'no_drafts', 'blocked', 'quota', 'missed', 'failed')
FILLED = (
    ('source_filter', types.Json, '{}'),
    ('seed', sa.Integer(), '0'),
    ('shuffle_at', sa.Integer(), '0'),
    ('posts_made', sa.Integer(), '0'),
    ('when_blocked', sa.String(length=32), 'move'),
    ('catch_up', sa.String(length=32), 'latest'),
    ('grace_minutes', sa.Integer(), '15'),
    ('late_policy', sa.String(length=32), 'publish'),
    ('warn_days', sa.Integer(), '7'),
)
QUEUE = "status IN ('scheduled', 'uploading', 'publishing') AND deleted_at IS NULL"
NARROW = (
    ('ix_deviations_live', ['user_id', 'status', 'created_at'], 'deleted_at IS NULL'),
    ('ix_deviations_next', ['user_id', 'actual_publish_at'], QUEUE),
    ('ix_deviations_out', ['user_id', 'published_at'], 'published_at IS NOT NULL AND deleted_at IS NULL'),
    ('ix_deviations_due', ['due_at'], QUEUE),
)


def one_of(batch_op, table, column, name, values) -> None:
    """What an enumeration by value checks, as the models name it."""
    listed = ', '.join(f"'{value}'" for value in values)
    batch_op.create_check_constraint(batch_op.f(f'ck_{table}_{name}'), f'{column} IN ({listed})')


def upgrade() -> None:
    op.create_table('api_keys',
    sa.Column('id', types.PrefixedId('key'), nullable=False),
    sa.Column('user_id', types.PrefixedId('usr'), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('key_id', sa.String(length=32), nullable=False),
    sa.Column('key_hash', sa.String(length=64), nullable=False),
    sa.Column('key_prefix', sa.String(length=32), nullable=False),
    sa.Column('permissions', types.Json, nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('expires_at', types.UtcDateTime(), nullable=True),
    sa.Column('last_used_at', types.UtcDateTime(), nullable=True),
    sa.Column('revoked_at', types.UtcDateTime(), nullable=True),
    sa.Column('created_at', types.UtcDateTime(), nullable=False),
    sa.Column('updated_at', types.UtcDateTime(), nullable=False),
    sa.CheckConstraint('active OR revoked_at IS NOT NULL', name=op.f('ck_api_keys_revoked_has_time')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_api_keys_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_keys')),
    sa.UniqueConstraint('key_hash', name=op.f('uq_api_keys_key_hash')),
    sa.UniqueConstraint('key_id', name=op.f('uq_api_keys_key_id'))
    )
    with op.batch_alter_table('api_keys', schema=None) as batch_op:
        batch_op.create_index('ix_api_keys_user_id_active', ['user_id', 'active'], unique=False)

    op.create_table('browse_cache',
    sa.Column('id', types.PrefixedId('brw'), nullable=False),
    sa.Column('cache_key', sa.String(length=400), nullable=False),
    sa.Column('user_id', types.PrefixedId('usr'), nullable=True),
    sa.Column('response_data', sa.Text(), nullable=False),
    sa.Column('cached_at', types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_browse_cache_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_browse_cache')),
    sa.UniqueConstraint('cache_key', name=op.f('uq_browse_cache_cache_key'))
    )
    with op.batch_alter_table('browse_cache', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_browse_cache_cached_at'), ['cached_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_browse_cache_user_id'), ['user_id'], unique=False)

    op.create_table('calendar_feeds',
    sa.Column('id', types.PrefixedId('cal'), nullable=False),
    sa.Column('user_id', types.PrefixedId('usr'), nullable=False),
    sa.Column('secret_hash', sa.String(length=64), nullable=False),
    sa.Column('secret', types.EncryptedText('calendar_feeds.secret'), nullable=False),
    sa.Column('created_at', types.UtcDateTime(), nullable=False),
    sa.Column('last_used_at', types.UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_calendar_feeds_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_feeds')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_calendar_feeds_secret_hash')),
    sa.UniqueConstraint('user_id', name=op.f('uq_calendar_feeds_user_id'))
    )
    op.create_table('idempotency_records',
    sa.Column('id', types.PrefixedId('idm'), nullable=False),
    sa.Column('owner_id', types.PrefixedId('usr'), nullable=False),
    sa.Column('scope', sa.String(length=64), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('request_digest', sa.String(length=64), nullable=False),
    sa.Column('status_code', sa.Integer(), nullable=True),
    sa.Column('response', types.Json, nullable=True),
    sa.Column('created_at', types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['users.id'], name=op.f('fk_idempotency_records_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_idempotency_records')),
    sa.UniqueConstraint('owner_id', 'scope', 'key', name=op.f('uq_idempotency_records_owner_id_scope_key'))
    )
    with op.batch_alter_table('idempotency_records', schema=None) as batch_op:
        batch_op.create_index('ix_idempotency_records_created_at', ['created_at'], unique=False)

    op.create_table('metadata_templates',
    sa.Column('id', types.PrefixedId('tpl'), nullable=False),
    sa.Column('user_id', types.PrefixedId('usr'), nullable=False),
    sa.Column('type', sa.Enum('tag', 'description', 'comment', name='templatetype', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('content', sa.Text(), nullable=True),
    sa.Column('tags', types.Json, nullable=False),
    sa.Column('variables', types.Json, nullable=False),
    sa.Column('category', sa.String(length=60), nullable=True),
    sa.Column('sort_order', sa.Integer(), nullable=False),
    sa.Column('created_at', types.UtcDateTime(), nullable=False),
    sa.Column('updated_at', types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_metadata_templates_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_metadata_templates')),
    sa.UniqueConstraint('user_id', 'type', 'name', name=op.f('uq_metadata_templates_user_id_type_name'))
    )
    with op.batch_alter_table('metadata_templates', schema=None) as batch_op:
        batch_op.create_index('ix_metadata_templates_user_id_type_sort_order', ['user_id', 'type', 'sort_order'], unique=False)

    op.create_table('note_labels',
    sa.Column('id', types.PrefixedId('nla'), nullable=False),
    sa.Column('user_id', types.PrefixedId('usr'), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('color', sa.String(length=7), nullable=False),
    sa.Column('sort_order', sa.Integer(), nullable=False),
    sa.Column('created_at', types.UtcDateTime(), nullable=False),
    sa.Column('updated_at', types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_note_labels_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_note_labels')),
    sa.UniqueConstraint('user_id', 'name', name=op.f('uq_note_labels_user_id_name'))
    )
    op.create_table('note_templates',
    sa.Column('id', types.PrefixedId('nte'), nullable=False),
    sa.Column('user_id', types.PrefixedId('usr'), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('subject', sa.String(length=300), nullable=True),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('sort_order', sa.Integer(), nullable=False),
    sa.Column('created_at', types.UtcDateTime(), nullable=False),
    sa.Column('updated_at', types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_note_templates_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_note_templates')),
    sa.UniqueConstraint('user_id', 'name', name=op.f('uq_note_templates_user_id_name'))
    )
    op.create_table('notification_channels',
    sa.Column('id', types.PrefixedId('chn'), nullable=False),
    sa.Column('user_id', types.PrefixedId('usr'), nullable=False),
    sa.Column('kind', sa.Enum('mail', 'webhook', name='channelkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('address', sa.String(length=500), nullable=False),
    sa.Column('secret', types.EncryptedText('notification_channels.secret'), nullable=True),
    sa.Column('topics', types.Json, nullable=False),
    sa.Column('enabled', sa.Boolean(), nullable=False),
    sa.Column('disabled_reason', sa.Text(), nullable=True),
    sa.Column('last_delivered_at', types.UtcDateTime(), nullable=True),
    sa.Column('failures_in_a_row', sa.Integer(), nullable=False),
    sa.Column('created_at', types.UtcDateTime(), nullable=False),
    sa.Column('updated_at', types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_notification_channels_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notification_channels')),
    sa.UniqueConstraint('user_id', 'kind', 'address', name=op.f('uq_notification_channels_user_id_kind_address'))
    )
    op.create_table('price_presets',
    sa.Column('id', types.PrefixedId('prc'), nullable=False),
    sa.Column('user_id', types.PrefixedId('usr'), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('price', sa.Integer(), nullable=False),
    sa.Column('min_price', sa.Integer(), nullable=True),
    sa.Column('max_price', sa.Integer(), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('description', sa.Text(), nullable=True),
    sa.Column('is_default', sa.Boolean(), nullable=False),
    sa.Column('sort_order', sa.Integer(), nullable=False),
    sa.Column('archived_at', types.UtcDateTime(), nullable=True),
    sa.Column('created_at', types.UtcDateTime(), nullable=False),
    sa.Column('updated_at', types.UtcDateTime(), nullable=False),
    sa.CheckConstraint('(min_price IS NULL AND max_price IS NULL AND price > 0) OR (min_price IS NOT NULL AND max_price IS NOT NULL AND 0 < min_price AND min_price < max_price AND price = 0)', name=op.f('ck_price_presets_fixed_or_range')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_price_presets_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_price_presets'))
    )
    with op.batch_alter_table('price_presets', schema=None) as batch_op:
        batch_op.create_index('ix_price_presets_user_id_sort_order', ['user_id', 'sort_order'], unique=False)
        batch_op.create_index('uq_price_presets_default', ['user_id'], unique=True, sqlite_where=sa.text('is_default AND archived_at IS NULL'), postgresql_where=sa.text('is_default AND archived_at IS NULL'))

    op.create_table('blackout_windows',
    sa.Column('id', types.PrefixedId('blk'), nullable=False),
    sa.Column('user_id', types.PrefixedId('usr'), nullable=False),
    sa.Column('account_id', types.PrefixedId('acc'), nullable=True),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('kind', sa.Enum('weekly', 'once', name='blackoutkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('days_of_week', types.Json, nullable=True),
    sa.Column('start_time', sa.String(length=5), nullable=True),
    sa.Column('end_time', sa.String(length=5), nullable=True),
    sa.Column('starts_at', types.UtcDateTime(), nullable=True),
    sa.Column('ends_at', types.UtcDateTime(), nullable=True),
    sa.Column('enabled', sa.Boolean(), nullable=False),
    sa.Column('created_at', types.UtcDateTime(), nullable=False),
    sa.Column('updated_at', types.UtcDateTime(), nullable=False),
    sa.CheckConstraint("kind <> 'once' OR (starts_at IS NOT NULL AND ends_at IS NOT NULL AND starts_at < ends_at)", name=op.f('ck_blackout_windows_once_has_instants')),
    sa.CheckConstraint("kind <> 'weekly' OR (start_time IS NOT NULL AND end_time IS NOT NULL)", name=op.f('ck_blackout_windows_weekly_has_times')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_blackout_windows_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_blackout_windows_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_blackout_windows'))
    )
    with op.batch_alter_table('blackout_windows', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_blackout_windows_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_blackout_windows_user_id'), ['user_id'], unique=False)

    op.create_table('gallery_imports',
    sa.Column('id', types.PrefixedId('gim'), nullable=False),
    sa.Column('user_id', types.PrefixedId('usr'), nullable=False),
    sa.Column('account_id', types.PrefixedId('acc'), nullable=False),
    sa.Column('status', sa.Enum('running', 'paused', 'done', 'failed', 'cancelled', name='galleryimportstatus', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('with_pictures', sa.Boolean(), nullable=False),
    sa.Column('next_offset', sa.Integer(), nullable=False),
    sa.Column('found', sa.Integer(), nullable=False),
    sa.Column('imported', sa.Integer(), nullable=False),
    sa.Column('known', sa.Integer(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('error_message', sa.Text(), nullable=True),
    sa.Column('lock_id', sa.String(length=64), nullable=True),
    sa.Column('locked_at', types.UtcDateTime(), nullable=True),
    sa.Column('due_at', types.UtcDateTime(), nullable=False),
    sa.Column('started_at', types.UtcDateTime(), nullable=False),
    sa.Column('finished_at', types.UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_gallery_imports_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_gallery_imports_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_gallery_imports'))
    )
    with op.batch_alter_table('gallery_imports', schema=None) as batch_op:
        batch_op.create_index('ix_gallery_imports_status_due_at', ['status', 'due_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_gallery_imports_user_id'), ['user_id'], unique=False)
        batch_op.create_index('uq_gallery_imports_under_way', ['account_id'], unique=True, sqlite_where=sa.text("status IN ('running', 'paused')"), postgresql_where=sa.text("status IN ('running', 'paused')"))

    op.create_table('note_folders',
    sa.Column('id', types.PrefixedId('nfo'), nullable=False),
    sa.Column('user_id', types.PrefixedId('usr'), nullable=False),
    sa.Column('account_id', types.PrefixedId('acc'), nullable=False),
    sa.Column('type', sa.Enum('inbox', 'unread', 'starred', 'spam', 'sent', 'drafts', name='notefoldertype', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('remote_folder_id', sa.String(length=64), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('note_count', sa.Integer(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('cached_at', types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_note_folders_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_note_folders_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_note_folders')),
    sa.UniqueConstraint('account_id', 'remote_folder_id', name=op.f('uq_note_folders_account_id_remote_folder_id'))
    )
    with op.batch_alter_table('note_folders', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_note_folders_user_id'), ['user_id'], unique=False)

    op.create_table('notification_deliveries',
    sa.Column('id', types.PrefixedId('dlv'), nullable=False),
    sa.Column('user_id', types.PrefixedId('usr'), nullable=False),
    sa.Column('channel_id', types.PrefixedId('chn'), nullable=False),
    sa.Column('notification_id', types.PrefixedId('ntf'), nullable=True),
    sa.Column('topic', sa.String(length=160), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('body', sa.Text(), nullable=True),
    sa.Column('link', sa.String(length=300), nullable=True),
    sa.Column('status', sa.Enum('pending', 'sent', 'failed', 'discarded', name='deliverystatus', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_attempt_at', types.UtcDateTime(), nullable=True),
    sa.Column('lock_id', sa.String(length=64), nullable=True),
    sa.Column('locked_at', types.UtcDateTime(), nullable=True),
    sa.Column('error_message', sa.Text(), nullable=True),
    sa.Column('created_at', types.UtcDateTime(), nullable=False),
    sa.Column('sent_at', types.UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['channel_id'], ['notification_channels.id'], name=op.f('fk_notification_deliveries_channel_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['notification_id'], ['notifications.id'], name=op.f('fk_notification_deliveries_notification_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_notification_deliveries_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notification_deliveries'))
    )
    with op.batch_alter_table('notification_deliveries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notification_deliveries_channel_id'), ['channel_id'], unique=False)
        batch_op.create_index('ix_notification_deliveries_due', ['next_attempt_at'], unique=False, sqlite_where=sa.text("status = 'pending'"), postgresql_where=sa.text("status = 'pending'"))
        batch_op.create_index(batch_op.f('ix_notification_deliveries_notification_id'), ['notification_id'], unique=False)
        batch_op.create_index('ix_notification_deliveries_user_id_created_at', ['user_id', 'created_at'], unique=False)

    op.create_table('posting_limits',
    sa.Column('id', types.PrefixedId('lim'), nullable=False),
    sa.Column('user_id', types.PrefixedId('usr'), nullable=False),
    sa.Column('account_id', types.PrefixedId('acc'), nullable=False),
    sa.Column('min_gap_minutes', sa.Integer(), nullable=False),
    sa.Column('daily_cap', sa.Integer(), nullable=True),
    sa.Column('paused_until', types.UtcDateTime(), nullable=True),
    sa.Column('created_at', types.UtcDateTime(), nullable=False),
    sa.Column('updated_at', types.UtcDateTime(), nullable=False),
    sa.CheckConstraint('daily_cap BETWEEN 1 AND 1000', name=op.f('ck_posting_limits_cap')),
    sa.CheckConstraint('min_gap_minutes BETWEEN 0 AND 10080', name=op.f('ck_posting_limits_gap')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_posting_limits_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_posting_limits_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_posting_limits')),
    sa.UniqueConstraint('account_id', name=op.f('uq_posting_limits_account_id'))
    )
    with op.batch_alter_table('posting_limits', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_posting_limits_user_id'), ['user_id'], unique=False)

    op.create_table('automation_default_values',
    sa.Column('id', types.PrefixedId('adv'), nullable=False),
    sa.Column('automation_id', types.PrefixedId('aut'), nullable=False),
    sa.Column('field_name', sa.String(length=48), nullable=False),
    sa.Column('value', types.Json, nullable=False),
    sa.Column('apply_if_empty', sa.Boolean(), nullable=False),
    sa.Column('created_at', types.UtcDateTime(), nullable=False),
    sa.Column('updated_at', types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['automation_id'], ['automations.id'], name=op.f('fk_automation_default_values_automation_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_automation_default_values')),
    sa.UniqueConstraint('automation_id', 'field_name', name=op.f('uq_automation_default_values_automation_id_field_name'))
    )
    op.create_table('automation_schedule_rules',
    sa.Column('id', types.PrefixedId('rul'), nullable=False),
    sa.Column('automation_id', types.PrefixedId('aut'), nullable=False),
    sa.Column('type', sa.Enum('fixed_time', 'fixed_interval', 'daily_quota', name='ruletype', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('time_of_day', sa.String(length=5), nullable=True),
    sa.Column('interval_minutes', sa.Integer(), nullable=True),
    sa.Column('deviations_per_interval', sa.Integer(), nullable=True),
    sa.Column('anchor_at', types.UtcDateTime(), nullable=True),
    sa.Column('daily_quota', sa.Integer(), nullable=True),
    sa.Column('quota_mode', sa.Enum('maximum', 'drip', name='quotamode', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('window_start', sa.String(length=5), nullable=True),
    sa.Column('window_end', sa.String(length=5), nullable=True),
    sa.Column('days_of_week', types.Json, nullable=True),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('enabled', sa.Boolean(), nullable=False),
    sa.Column('next_at', types.UtcDateTime(), nullable=True),
    sa.Column('created_at', types.UtcDateTime(), nullable=False),
    sa.Column('updated_at', types.UtcDateTime(), nullable=False),
    sa.CheckConstraint("type <> 'daily_quota' OR (daily_quota BETWEEN 1 AND 100 AND quota_mode IS NOT NULL)", name=op.f('ck_automation_schedule_rules_daily_quota_has_quota')),
    sa.CheckConstraint("type <> 'fixed_interval' OR (interval_minutes BETWEEN 5 AND 10080 AND deviations_per_interval BETWEEN 1 AND 100 AND anchor_at IS NOT NULL)", name=op.f('ck_automation_schedule_rules_fixed_interval_has_interval')),
    sa.CheckConstraint("type <> 'fixed_time' OR time_of_day IS NOT NULL", name=op.f('ck_automation_schedule_rules_fixed_time_has_time')),
    sa.ForeignKeyConstraint(['automation_id'], ['automations.id'], name=op.f('fk_automation_schedule_rules_automation_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_automation_schedule_rules'))
    )
    with op.batch_alter_table('automation_schedule_rules', schema=None) as batch_op:
        batch_op.create_index('ix_automation_schedule_rules_automation_id_priority', ['automation_id', 'priority'], unique=False)
        batch_op.create_index('ix_automation_schedule_rules_next_at', ['next_at'], unique=False, sqlite_where=sa.text('next_at IS NOT NULL'), postgresql_where=sa.text('next_at IS NOT NULL'))

    op.create_table('notes',
    sa.Column('id', types.PrefixedId('not'), nullable=False),
    sa.Column('user_id', types.PrefixedId('usr'), nullable=False),
    sa.Column('account_id', types.PrefixedId('acc'), nullable=False),
    sa.Column('folder_id', types.PrefixedId('nfo'), nullable=True),
    sa.Column('remote_note_id', sa.String(length=64), nullable=True),
    sa.Column('sender', sa.String(length=64), nullable=True),
    sa.Column('recipients', types.Json, nullable=False),
    sa.Column('subject', sa.String(length=300), nullable=True),
    sa.Column('preview', sa.Text(), nullable=True),
    sa.Column('body', sa.Text(), nullable=True),
    sa.Column('sent_at', types.UtcDateTime(), nullable=True),
    sa.Column('is_unread', sa.Boolean(), nullable=False),
    sa.Column('is_starred', sa.Boolean(), nullable=False),
    sa.Column('cached_at', types.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_notes_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['folder_id'], ['note_folders.id'], name=op.f('fk_notes_folder_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_notes_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notes')),
    sa.UniqueConstraint('account_id', 'remote_note_id', name=op.f('uq_notes_account_id_remote_note_id'))
    )
    with op.batch_alter_table('notes', schema=None) as batch_op:
        batch_op.create_index('ix_notes_account_id_folder_id_sent_at', ['account_id', 'folder_id', 'sent_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_notes_user_id'), ['user_id'], unique=False)

    op.create_table('automation_occurrences',
    sa.Column('id', types.PrefixedId('occ'), nullable=False),
    sa.Column('automation_id', types.PrefixedId('aut'), nullable=False),
    sa.Column('rule_id', types.PrefixedId('rul'), nullable=False),
    sa.Column('occurrence_key', sa.String(length=40), nullable=False),
    sa.Column('occurrence_at', types.UtcDateTime(), nullable=False),
    sa.Column('fired_at', types.UtcDateTime(), nullable=False),
    sa.Column('outcome', sa.Enum('scheduled', 'partial', 'no_drafts', 'blocked', 'quota', 'missed', 'failed', name='runoutcome', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('scheduled_count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['automation_id'], ['automations.id'], name=op.f('fk_automation_occurrences_automation_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['rule_id'], ['automation_schedule_rules.id'], name=op.f('fk_automation_occurrences_rule_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_automation_occurrences')),
    sa.UniqueConstraint('rule_id', 'occurrence_key', name=op.f('uq_automation_occurrences_rule_id_occurrence_key'))
    )
    with op.batch_alter_table('automation_occurrences', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_automation_occurrences_automation_id'), ['automation_id'], unique=False)
        batch_op.create_index('ix_automation_occurrences_fired_at', ['fired_at'], unique=False)

    op.create_table('deviation_statistics',
    sa.Column('id', types.PrefixedId('sta'), nullable=False),
    sa.Column('user_id', types.PrefixedId('usr'), nullable=False),
    sa.Column('account_id', types.PrefixedId('acc'), nullable=True),
    sa.Column('deviation_id', types.PrefixedId('dev'), nullable=False),
    sa.Column('taken_at', types.UtcDateTime(), nullable=False),
    sa.Column('views', sa.Integer(), nullable=True),
    sa.Column('favourites', sa.Integer(), nullable=True),
    sa.Column('comments', sa.Integer(), nullable=True),
    sa.Column('downloads', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_deviation_statistics_account_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['deviation_id'], ['deviations.id'], name=op.f('fk_deviation_statistics_deviation_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_deviation_statistics_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deviation_statistics'))
    )
    with op.batch_alter_table('deviation_statistics', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_deviation_statistics_account_id'), ['account_id'], unique=False)
        batch_op.create_index('ix_deviation_statistics_deviation_id_taken_at', ['deviation_id', 'taken_at'], unique=False)
        batch_op.create_index('ix_deviation_statistics_user_id_taken_at', ['user_id', 'taken_at'], unique=False)

    op.create_table('note_folder_labels',
    sa.Column('id', types.PrefixedId('nfl'), nullable=False),
    sa.Column('label_id', types.PrefixedId('nla'), nullable=False),
    sa.Column('folder_id', types.PrefixedId('nfo'), nullable=True),
    sa.Column('note_id', types.PrefixedId('not'), nullable=True),
    sa.ForeignKeyConstraint(['folder_id'], ['note_folders.id'], name=op.f('fk_note_folder_labels_folder_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['label_id'], ['note_labels.id'], name=op.f('fk_note_folder_labels_label_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['note_id'], ['notes.id'], name=op.f('fk_note_folder_labels_note_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_note_folder_labels')),
    sa.UniqueConstraint('label_id', 'folder_id', 'note_id', name=op.f('uq_note_folder_labels_label_id_folder_id_note_id'))
    )
    with op.batch_alter_table('note_folder_labels', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_note_folder_labels_folder_id'), ['folder_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_note_folder_labels_note_id'), ['note_id'], unique=False)

    op.create_table('sale_queue',
    sa.Column('id', types.PrefixedId('sal'), nullable=False),
    sa.Column('user_id', types.PrefixedId('usr'), nullable=False),
    sa.Column('deviation_id', types.PrefixedId('dev'), nullable=False),
    sa.Column('price_preset_id', types.PrefixedId('prc'), nullable=False),
    sa.Column('price', sa.Integer(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('cover_blob_id', types.PrefixedId('blb'), nullable=True),
    sa.Column('status', sa.Enum('pending', 'processing', 'completed', 'failed', 'skipped', name='salequeuestatus', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('last_attempt_at', types.UtcDateTime(), nullable=True),
    sa.Column('not_before', types.UtcDateTime(), nullable=True),
    sa.Column('processing_by', sa.String(length=100), nullable=True),
    sa.Column('locked_at', types.UtcDateTime(), nullable=True),
    sa.Column('claim_version', sa.Integer(), nullable=False),
    sa.Column('completed_at', types.UtcDateTime(), nullable=True),
    sa.Column('completed_by', sa.String(length=100), nullable=True),
    sa.Column('error_message', sa.Text(), nullable=True),
    sa.Column('error_details', types.Json, nullable=True),
    sa.Column('screenshot_key', sa.String(length=400), nullable=True),
    sa.Column('screenshot_mime', sa.String(length=64), nullable=True),
    sa.Column('created_at', types.UtcDateTime(), nullable=False),
    sa.Column('updated_at', types.UtcDateTime(), nullable=False),
    sa.CheckConstraint("(status = 'completed') = (completed_at IS NOT NULL)", name=op.f('ck_sale_queue_completed_has_time')),
    sa.CheckConstraint("(status = 'processing') = (processing_by IS NOT NULL AND locked_at IS NOT NULL)", name=op.f('ck_sale_queue_lease_if_processing')),
    sa.CheckConstraint('attempts >= 0', name=op.f('ck_sale_queue_attempts_not_negative')),
    sa.CheckConstraint('price > 0', name=op.f('ck_sale_queue_price_positive')),
    sa.ForeignKeyConstraint(['cover_blob_id'], ['blobs.id'], name=op.f('fk_sale_queue_cover_blob_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['deviation_id'], ['deviations.id'], name=op.f('fk_sale_queue_deviation_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['price_preset_id'], ['price_presets.id'], name=op.f('fk_sale_queue_price_preset_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_sale_queue_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sale_queue')),
    sa.UniqueConstraint('deviation_id', name=op.f('uq_sale_queue_deviation_id'))
    )
    with op.batch_alter_table('sale_queue', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sale_queue_price_preset_id'), ['price_preset_id'], unique=False)
        batch_op.create_index('ix_sale_queue_status_created_at', ['status', 'created_at'], unique=False)
        batch_op.create_index('ix_sale_queue_user_id_status', ['user_id', 'status'], unique=False)
        batch_op.create_index('ix_sale_queue_waiting', ['user_id', 'created_at'], unique=False, sqlite_where=sa.text("status = 'pending'"), postgresql_where=sa.text("status = 'pending'"))

    op.create_table('statistics_turns',
    sa.Column('deviation_id', types.PrefixedId('dev'), nullable=False),
    sa.Column('user_id', types.PrefixedId('usr'), nullable=False),
    sa.Column('account_id', types.PrefixedId('acc'), nullable=False),
    sa.Column('next_at', types.UtcDateTime(), nullable=True),
    sa.Column('taken_at', types.UtcDateTime(), nullable=True),
    sa.Column('views', sa.Integer(), nullable=True),
    sa.Column('favourites', sa.Integer(), nullable=True),
    sa.Column('comments', sa.Integer(), nullable=True),
    sa.Column('downloads', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_statistics_turns_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['deviation_id'], ['deviations.id'], name=op.f('fk_statistics_turns_deviation_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_statistics_turns_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('deviation_id', name=op.f('pk_statistics_turns'))
    )
    with op.batch_alter_table('statistics_turns', schema=None) as batch_op:
        batch_op.create_index('ix_statistics_turns_account_id_next_at', ['account_id', 'next_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_statistics_turns_user_id'), ['user_id'], unique=False)

    with op.batch_alter_table('accounts', schema=None) as batch_op:
        batch_op.add_column(sa.Column('capabilities', types.Json, nullable=True))

    # Rows that are there already get a value; afterwards only the models give one.
    with op.batch_alter_table('automation_execution_logs', schema=None) as batch_op:
        batch_op.add_column(sa.Column('rule_id', types.PrefixedId('rul'), nullable=True))
        batch_op.add_column(sa.Column('occurrence_at', types.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('outcome', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('deviation_ids', types.Json, nullable=False, server_default='[]'))
        batch_op.create_index(batch_op.f('ix_automation_execution_logs_rule_id'), ['rule_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_automation_execution_logs_rule_id'), 'automation_schedule_rules', ['rule_id'], ['id'], ondelete='SET NULL')
        one_of(batch_op, 'automation_execution_logs', 'outcome', 'runoutcome', OUTCOMES)
    with op.batch_alter_table('automation_execution_logs', schema=None) as batch_op:
        batch_op.alter_column('deviation_ids', server_default=None)

    with op.batch_alter_table('automations', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_automations_selection_method'), type_='check')
    with op.batch_alter_table('automations', schema=None) as batch_op:
        batch_op.add_column(sa.Column('account_id', types.PrefixedId('acc'), nullable=True))
        batch_op.add_column(sa.Column('paused_until', types.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('timezone', sa.String(length=64), nullable=True))
        for name, kind, default in FILLED:
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=default))
        batch_op.add_column(sa.Column('title_pattern', sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column('max_lateness_minutes', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('sale_queue_preset_id', types.PrefixedId('prc'), nullable=True))
        batch_op.alter_column('draft_selection_method', existing_type=sa.String(length=16), type_=sa.String(length=32), existing_nullable=False)
        batch_op.create_index(batch_op.f('ix_automations_account_id'), ['account_id'], unique=False)
        batch_op.create_index('ix_automations_sale_queue_preset_id', ['sale_queue_preset_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_automations_account_id'), 'accounts', ['account_id'], ['id'], ondelete='SET NULL')
        batch_op.create_foreign_key(batch_op.f('fk_automations_sale_queue_preset_id'), 'price_presets', ['sale_queue_preset_id'], ['id'], ondelete='SET NULL')
        one_of(batch_op, 'automations', 'draft_selection_method', 'selectionmethod', ('random', 'fifo', 'lifo'))
        one_of(batch_op, 'automations', 'when_blocked', 'whenblocked', ('move', 'skip'))
        one_of(batch_op, 'automations', 'catch_up', 'catchup', ('skip', 'latest', 'all'))
        one_of(batch_op, 'automations', 'late_policy', 'latepolicy', ('publish', 'hold', 'reslot'))
        batch_op.create_check_constraint(batch_op.f('ck_automations_jitter_limit'), 'jitter_max_seconds <= 3600')
        batch_op.create_check_constraint(batch_op.f('ck_automations_grace_not_negative'), 'grace_minutes >= 0')
        batch_op.create_check_constraint(batch_op.f('ck_automations_execution_has_lock'), 'NOT is_executing OR last_execution_lock IS NOT NULL')
    with op.batch_alter_table('automations', schema=None) as batch_op:
        for name, _kind, _default in FILLED:
            batch_op.alter_column(name, server_default=None)

    with op.batch_alter_table('blobs', schema=None) as batch_op:
        batch_op.add_column(sa.Column('perceptual_hash', types.Bytes, nullable=True))

    with op.batch_alter_table('deviations', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_deviations_latepolicy'), type_='check')
    with op.batch_alter_table('deviations', schema=None) as batch_op:
        one_of(batch_op, 'deviations', 'late_policy', 'latepolicy', ('publish', 'hold', 'reslot'))
        batch_op.add_column(sa.Column('rating', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('project', sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column('shuffle_key', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('sale_preset_id', types.PrefixedId('prc'), nullable=True))
        batch_op.add_column(sa.Column('ignores_gap', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('imported_at', types.UtcDateTime(), nullable=True))
        batch_op.create_check_constraint(batch_op.f('ck_deviations_rating'), 'rating BETWEEN 1 AND 5')
        batch_op.create_foreign_key(batch_op.f('fk_deviations_sale_preset_id'), 'price_presets', ['sale_preset_id'], ['id'], ondelete='RESTRICT')
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('UPDATE deviations SET shuffle_key = floor(random() * 2147483647)')
    else:
        op.execute('UPDATE deviations SET shuffle_key = abs(random()) % 2147483647')
    with op.batch_alter_table('deviations', schema=None) as batch_op:
        batch_op.alter_column('shuffle_key', server_default=None)
        batch_op.alter_column('ignores_gap', server_default=None)
        batch_op.create_index('ix_deviations_account_id_actual_publish_at', ['account_id', 'actual_publish_at'], unique=False)
        batch_op.create_index('ix_deviations_pool', ['user_id', 'shuffle_key'], unique=False, sqlite_where=sa.text("status = 'draft' AND scheduled_at IS NULL AND deleted_at IS NULL"), postgresql_where=sa.text("status = 'draft' AND scheduled_at IS NULL AND deleted_at IS NULL"))
        batch_op.create_index(batch_op.f('ix_deviations_sale_preset_id'), ['sale_preset_id'], unique=False)
    # Copying a table makes its indexes anew in no certain order, and of two that serve alike SQLite takes the youngest:
    # the narrow ones come last.
    for name, columns, only in NARROW:
        op.drop_index(name, table_name='deviations')
        op.create_index(name, 'deviations', columns, unique=False, sqlite_where=sa.text(only), postgresql_where=sa.text(only))


def downgrade() -> None:
    op.execute("UPDATE deviations SET late_policy = 'hold' WHERE late_policy = 'reslot'")
    with op.batch_alter_table('deviations', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_deviations_rating'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_deviations_latepolicy'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_deviations_sale_preset_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_deviations_sale_preset_id'))
        batch_op.drop_index('ix_deviations_pool', sqlite_where=sa.text("status = 'draft' AND scheduled_at IS NULL AND deleted_at IS NULL"), postgresql_where=sa.text("status = 'draft' AND scheduled_at IS NULL AND deleted_at IS NULL"))
        batch_op.drop_index('ix_deviations_account_id_actual_publish_at')
        batch_op.drop_column('imported_at')
        batch_op.drop_column('ignores_gap')
        batch_op.drop_column('sale_preset_id')
        batch_op.drop_column('shuffle_key')
        batch_op.drop_column('project')
        batch_op.drop_column('rating')
    with op.batch_alter_table('deviations', schema=None) as batch_op:
        one_of(batch_op, 'deviations', 'late_policy', 'latepolicy', ('publish', 'hold'))

    with op.batch_alter_table('blobs', schema=None) as batch_op:
        batch_op.drop_column('perceptual_hash')

    with op.batch_alter_table('automations', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_automations_sale_queue_preset_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_automations_account_id'), type_='foreignkey')
        batch_op.drop_index('ix_automations_sale_queue_preset_id')
        batch_op.drop_index(batch_op.f('ix_automations_account_id'))
        for name in ('selectionmethod', 'whenblocked', 'catchup', 'latepolicy', 'jitter_limit', 'grace_not_negative', 'execution_has_lock'):
            batch_op.drop_constraint(batch_op.f(f'ck_automations_{name}'), type_='check')
        batch_op.alter_column('draft_selection_method', existing_type=sa.String(length=32), type_=sa.String(length=16), existing_nullable=False)
        batch_op.drop_column('sale_queue_preset_id')
        batch_op.drop_column('warn_days')
        batch_op.drop_column('max_lateness_minutes')
        batch_op.drop_column('late_policy')
        batch_op.drop_column('grace_minutes')
        batch_op.drop_column('catch_up')
        batch_op.drop_column('when_blocked')
        batch_op.drop_column('title_pattern')
        batch_op.drop_column('posts_made')
        batch_op.drop_column('shuffle_at')
        batch_op.drop_column('seed')
        batch_op.drop_column('source_filter')
        batch_op.drop_column('timezone')
        batch_op.drop_column('paused_until')
        batch_op.drop_column('account_id')
    with op.batch_alter_table('automations', schema=None) as batch_op:
        one_of(batch_op, 'automations', 'draft_selection_method', 'selection_method', ('random', 'fifo', 'lifo'))

    with op.batch_alter_table('automation_execution_logs', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_automation_execution_logs_runoutcome'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_automation_execution_logs_rule_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_automation_execution_logs_rule_id'))
        batch_op.drop_column('deviation_ids')
        batch_op.drop_column('outcome')
        batch_op.drop_column('occurrence_at')
        batch_op.drop_column('rule_id')

    with op.batch_alter_table('accounts', schema=None) as batch_op:
        batch_op.drop_column('capabilities')

    with op.batch_alter_table('statistics_turns', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_statistics_turns_user_id'))
        batch_op.drop_index('ix_statistics_turns_account_id_next_at')

    op.drop_table('statistics_turns')
    with op.batch_alter_table('sale_queue', schema=None) as batch_op:
        batch_op.drop_index('ix_sale_queue_waiting', sqlite_where=sa.text("status = 'pending'"), postgresql_where=sa.text("status = 'pending'"))
        batch_op.drop_index('ix_sale_queue_user_id_status')
        batch_op.drop_index('ix_sale_queue_status_created_at')
        batch_op.drop_index(batch_op.f('ix_sale_queue_price_preset_id'))

    op.drop_table('sale_queue')
    with op.batch_alter_table('note_folder_labels', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_note_folder_labels_note_id'))
        batch_op.drop_index(batch_op.f('ix_note_folder_labels_folder_id'))

    op.drop_table('note_folder_labels')
    with op.batch_alter_table('deviation_statistics', schema=None) as batch_op:
        batch_op.drop_index('ix_deviation_statistics_user_id_taken_at')
        batch_op.drop_index('ix_deviation_statistics_deviation_id_taken_at')
        batch_op.drop_index(batch_op.f('ix_deviation_statistics_account_id'))

    op.drop_table('deviation_statistics')
    with op.batch_alter_table('automation_occurrences', schema=None) as batch_op:
        batch_op.drop_index('ix_automation_occurrences_fired_at')
        batch_op.drop_index(batch_op.f('ix_automation_occurrences_automation_id'))

    op.drop_table('automation_occurrences')
    with op.batch_alter_table('notes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_notes_user_id'))
        batch_op.drop_index('ix_notes_account_id_folder_id_sent_at')

    op.drop_table('notes')
    with op.batch_alter_table('automation_schedule_rules', schema=None) as batch_op:
        batch_op.drop_index('ix_automation_schedule_rules_next_at', sqlite_where=sa.text('next_at IS NOT NULL'), postgresql_where=sa.text('next_at IS NOT NULL'))
        batch_op.drop_index('ix_automation_schedule_rules_automation_id_priority')

    op.drop_table('automation_schedule_rules')
    op.drop_table('automation_default_values')
    with op.batch_alter_table('posting_limits', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_posting_limits_user_id'))

    op.drop_table('posting_limits')
    with op.batch_alter_table('notification_deliveries', schema=None) as batch_op:
        batch_op.drop_index('ix_notification_deliveries_user_id_created_at')
        batch_op.drop_index(batch_op.f('ix_notification_deliveries_notification_id'))
        batch_op.drop_index('ix_notification_deliveries_due', sqlite_where=sa.text("status = 'pending'"), postgresql_where=sa.text("status = 'pending'"))
        batch_op.drop_index(batch_op.f('ix_notification_deliveries_channel_id'))

    op.drop_table('notification_deliveries')
    with op.batch_alter_table('note_folders', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_note_folders_user_id'))

    op.drop_table('note_folders')
    with op.batch_alter_table('gallery_imports', schema=None) as batch_op:
        batch_op.drop_index('uq_gallery_imports_under_way', sqlite_where=sa.text("status IN ('running', 'paused')"), postgresql_where=sa.text("status IN ('running', 'paused')"))
        batch_op.drop_index(batch_op.f('ix_gallery_imports_user_id'))
        batch_op.drop_index('ix_gallery_imports_status_due_at')

    op.drop_table('gallery_imports')
    with op.batch_alter_table('blackout_windows', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_blackout_windows_user_id'))
        batch_op.drop_index(batch_op.f('ix_blackout_windows_account_id'))

    op.drop_table('blackout_windows')
    with op.batch_alter_table('price_presets', schema=None) as batch_op:
        batch_op.drop_index('uq_price_presets_default', sqlite_where=sa.text('is_default AND archived_at IS NULL'), postgresql_where=sa.text('is_default AND archived_at IS NULL'))
        batch_op.drop_index('ix_price_presets_user_id_sort_order')

    op.drop_table('price_presets')
    op.drop_table('notification_channels')
    op.drop_table('note_templates')
    op.drop_table('note_labels')
    with op.batch_alter_table('metadata_templates', schema=None) as batch_op:
        batch_op.drop_index('ix_metadata_templates_user_id_type_sort_order')

    op.drop_table('metadata_templates')
    with op.batch_alter_table('idempotency_records', schema=None) as batch_op:
        batch_op.drop_index('ix_idempotency_records_created_at')

    op.drop_table('idempotency_records')
    op.drop_table('calendar_feeds')
    with op.batch_alter_table('browse_cache', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_browse_cache_user_id'))
        batch_op.drop_index(batch_op.f('ix_browse_cache_cached_at'))

    op.drop_table('browse_cache')
    with op.batch_alter_table('api_keys', schema=None) as batch_op:
        batch_op.drop_index('ix_api_keys_user_id_active')

    op.drop_table('api_keys')
